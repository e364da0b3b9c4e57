import type { EventTime } from '../../ml/dataset/Table.ts';
import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import { parseTime } from '../../platform/tabular/parseTime.ts';
import { missingFault } from './ColumnReader.ts';
import type { Fault } from './Violation.ts';

const timeFault: Fault = {
  kind: 'time',
  rule: 'expected a date or time, as 2026-01-31, 2026-01-31T18:30:00Z or seconds or milliseconds since 1970',
};

/** The event times: as a column's reader, but a row always needs one. */
export function createTimeReader(column: string) {
  const times = createGrowingArray(Float64Array);
  let pending = Number.NaN;
  return {
    column,
    read: (text: string): Fault | null => {
      const trimmed = text.trim();
      if (trimmed === '') return missingFault;
      const time = parseTime(trimmed);
      if (time === null) return timeFault;
      pending = time;
      return null;
    },
    keep: (): void => times.push(pending),
    finish: (): EventTime => ({ column, times: times.finish() }),
  };
}
