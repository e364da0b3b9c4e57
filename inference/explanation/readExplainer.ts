import { createExactExplainer } from '../../ml/explanation/createExactExplainer.ts';
import type { ExactExplainer } from '../../ml/explanation/Explanation.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import { readPipeline } from '../../ml/onnx/reading/readPipeline.ts';
import { predict } from '../../ml/trainers/predict.ts';
import type { Columns } from '../Columns.ts';
import type { ScoringSession } from '../ScoringSession.ts';
import type { Signature } from '../Signature.ts';
import { toTable } from './toTable.ts';

const TOLERANCE = 1e-5;

/**
 * What explains a model file exactly, read back out of the file and held against its answers on sample rows.
 * @returns null where the file is not of our form or answers otherwise: then it is explained by sampling
 */
export async function readExplainer(
  bytes: Uint8Array,
  metadata: ModelMetadata,
  signature: Signature,
  session: ScoringSession,
  samples: Columns,
): Promise<ExactExplainer | null> {
  const pipeline = readPipeline(bytes, metadata);
  if (pipeline === null) return null;
  const rows = Int32Array.from({ length: samples.rowCount }, (_, row) => row);
  const read = predict(pipeline, toTable(signature, [samples]), rows);
  const answered = await session.score([{ columns: samples, from: 0, to: samples.rowCount }]);
  return read.every((probability, row) => Math.abs(probability - answered[row]) <= TOLERANCE)
    ? createExactExplainer(pipeline)
    : null;
}
