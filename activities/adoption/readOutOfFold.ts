import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import { parseDecimal } from '../../platform/tabular/parseDecimal.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';

/**
 * A trainer's out-of-fold predictions: a CSV with one column `probability`, a line a row of the training part, in its order.
 * @throws UnfitModel that names the line
 */
export async function readOutOfFold(path: string, rows: number): Promise<Float64Array> {
  const probabilities: number[] = [];
  for await (const { columns, records } of readTextTable(path, { shownAs: 'outOfFold' })) {
    if (columns.length !== 1 || columns[0] !== 'probability')
      throw new UnfitModel(
        `outOfFold has the columns ${columns.join(', ')}; expected one, probability. Write what docs/trainers.md says.`,
      );
    for (const [text] of records) {
      const value = parseDecimal((text ?? '').trim());
      if (value === null || !(value >= 0 && value <= 1))
        throw new UnfitModel(
          `outOfFold, row ${probabilities.length + 1}, is ${JSON.stringify(text)}; expected a probability from 0 to 1.`,
        );
      probabilities.push(value);
    }
  }
  if (probabilities.length !== rows)
    throw new UnfitModel(
      `outOfFold has ${probabilities.length} rows; expected ${rows}, one a row of the training part in its order.`,
    );
  return Float64Array.from(probabilities);
}
