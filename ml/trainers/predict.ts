import type { Table } from '../dataset/Table.ts';
import { encode } from '../features/encode.ts';
import { applyCalibration } from './calibration/applyCalibration.ts';
import type { Pipeline } from './Pipeline.ts';
import { scoreModel } from './scoreModel.ts';

/**
 * The kernel's own prediction, which the ONNX file must repeat.
 * @param rows indices into the table, which may be another than the one the pipeline was trained on
 * @returns the calibrated probability of the positive label, one a row
 * @throws RangeError where the table lacks a column of the pipeline
 */
export const predict = (pipeline: Pipeline, table: Table, rows: Int32Array): Float64Array =>
  applyCalibration(pipeline.calibration, scoreModel(pipeline.model, encode(pipeline.encoder, table, rows)));
