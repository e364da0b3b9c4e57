import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import { parseDecimal } from '../../platform/tabular/parseDecimal.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import type { ProbeRows } from './ProbeRows.ts';

export interface Samples {
  readonly rows: ProbeRows;
  readonly probabilities: Float64Array;
}

const MAXIMUM_ROWS = 10_000;
const EXPECTED = 'probability';

/**
 * Sample predictions: a table with the definition's columns and one called `probability`, what the file's own library answered.
 * @throws UnfitModel that names the row and the column; HoldfastError where it is no readable table
 */
export async function readSamples(
  path: string,
  shownAs: string,
  { columns }: Pick<ProjectDefinition, 'columns'>,
): Promise<Samples> {
  const wanted = [...Object.keys(columns), EXPECTED];
  const texts = new Map<string, string[]>(wanted.map(name => [name, []]));
  let rowCount = 0;
  for await (const { columns: header, records } of readTextTable(path, { shownAs })) {
    const places = wanted.map(name => header.indexOf(name));
    const absent = wanted.find((_name, place) => places[place] < 0);
    if (absent !== undefined)
      throw new UnfitModel(
        `The samples ${shownAs} have no column ${JSON.stringify(absent)}; expected the definition's columns and ${JSON.stringify(EXPECTED)}, the positive outcome's probability by the file's own library.`,
        { unknown: absent, known: header },
      );
    rowCount += records.length;
    if (rowCount > MAXIMUM_ROWS)
      throw new UnfitModel(
        `The samples ${shownAs} have more than ${MAXIMUM_ROWS} rows; some hundred are enough.`,
      );
    for (const record of records)
      for (const [place, name] of wanted.entries()) texts.get(name)?.push(record[places[place]] ?? '');
  }
  if (rowCount === 0) throw new UnfitModel(`The samples ${shownAs} have no rows; give some hundred.`);
  const numbers = (name: string, mayMiss: boolean): number[] =>
    (texts.get(name) ?? []).map((text, row) => {
      const trimmed = text.trim();
      if (trimmed === '' && mayMiss) return Number.NaN;
      const value = parseDecimal(trimmed);
      if (value === null)
        throw new UnfitModel(
          `The samples ${shownAs}, row ${row + 1}: ${name} is ${JSON.stringify(text)}; expected a number.`,
        );
      return value;
    });
  return {
    probabilities: Float64Array.from(numbers(EXPECTED, false)),
    rows: {
      rowCount,
      columns: new Map(
        Object.entries(columns).map(([name, { kind }]) => [
          name,
          kind === 'number' ? Float32Array.from(numbers(name, true)) : (texts.get(name) ?? []),
        ]),
      ),
    },
  };
}
