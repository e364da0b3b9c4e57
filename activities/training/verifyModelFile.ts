import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import type { Metrics } from '../../ml/evaluation/Metrics.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import { scoreTable } from './scoreTable.ts';

const parityTolerance = 1e-5;

/**
 * Scores the holdout with the model file itself, by ONNX Runtime, and holds it against the kernel's own probabilities: what
 * is evaluated is what will be served.
 * @throws Error that names the first row where they differ by more than 1e-5
 */
export async function verifyModelFile(
  onnx: Uint8Array,
  table: Table,
  rows: Int32Array,
  expected: Float64Array,
): Promise<Metrics> {
  const metadata = readMetadata(onnx);
  const probabilities = await scoreTable(onnx, metadata, table, rows);
  for (let place = 0; place < rows.length; place++)
    if (!(Math.abs(probabilities[place] - expected[place]) <= parityTolerance))
      throw new Error(
        `The exported ${metadata.trainer} answers ${probabilities[place]} for row ${rows[place]} of the table, the trained one ${expected[place]}; expected a difference of at most ${parityTolerance}. The file is not registered.`,
      );
  return evaluate(labelsOf(table, rows), probabilities, metadata.threshold, metadata.offer);
}
