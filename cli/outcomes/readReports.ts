import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { parseTime } from '../../platform/tabular/parseTime.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import type { OutcomeReport } from '../../proto/gen/holdfast/v1/outcome.ts';

const known = ['unit_key', 'prediction_id', 'instance', 'outcome', 'observed_time'] as const;
type Known = (typeof known)[number];

/**
 * Reports out of a CSV or Parquet table whose columns are called like the fields of a report, a batch at a time. What a report may
 * say is the server's to judge; here only what could not be sent is refused.
 * @throws HoldfastError notFound, invalidArgument (not a table, an unknown column, a time or place that is none, with its row)
 */
export async function* readReports(path: string, signal: AbortSignal): AsyncGenerator<OutcomeReport[]> {
  for await (const { columns, firstRow, records } of readTextTable(path, { signal })) {
    const unknown = columns.find(name => known.every(each => each !== name));
    if (unknown !== undefined || !columns.includes('outcome'))
      throw new HoldfastError(
        'invalidArgument',
        unknown === undefined
          ? `${path} has no column outcome; expected ${known.join(', ')}, of which outcome and unit_key or prediction_id must be there.`
          : `${path} has a column ${JSON.stringify(unknown)}.${didYouMean(unknown, known)} Expected ${known.join(', ')}.`,
      );
    yield records.map((record, index) => {
      const field = (name: Known): string => (record[columns.indexOf(name)] ?? '').trim();
      return toReport(field, `${path}, row ${firstRow + index}`);
    });
  }
}

function toReport(field: (name: Known) => string, where: string): OutcomeReport {
  const instance = field('instance');
  const observed = field('observed_time');
  const time = observed === '' ? undefined : parseTime(observed);
  if (!/^\d{0,9}$/.test(instance) || time === null)
    throw new HoldfastError(
      'invalidArgument',
      time === null
        ? `${where}: observed_time is ${JSON.stringify(observed)}; expected a time, as 2026-01-31T12:00:00Z.`
        : `${where}: instance is ${JSON.stringify(instance)}; expected a whole number from 0.`,
    );
  return {
    unitKey: field('unit_key'),
    predictionId: field('prediction_id'),
    instance: Number(instance),
    outcome: field('outcome'),
    observedTime: time === undefined ? undefined : new Date(time),
  };
}
