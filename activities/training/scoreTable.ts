import type { Table } from '../../ml/dataset/Table.ts';
import { takeRows } from '../../ml/dataset/takeRows.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import { openTableScorer } from './openTableScorer.ts';

/**
 * Probabilities of the positive label for the given rows, by ONNX Runtime.
 * @throws TypeError when the table lacks a column of the model or holds another kind
 */
export async function scoreTable(
  onnx: Uint8Array,
  metadata: Pick<ModelMetadata, 'inputs'>,
  table: Table,
  rows: Int32Array,
): Promise<Float64Array> {
  const scorer = await openTableScorer(onnx, metadata);
  try {
    return await scorer.score(takeRows(table, rows));
  } finally {
    await scorer.close();
  }
}
