import type { CategoryColumn, EventTime, NumberColumn, Table } from './Table.ts';

// What a table looks like, column by column, as plain JSON: for people to check, and for later data to be held against.

const TOP_LEVELS = 50;

type QuantileName = 'p1' | 'p5' | 'p25' | 'p50' | 'p75' | 'p95' | 'p99';

interface NumberProfile {
  readonly kind: 'number';
  readonly name: string;
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
  /** All null where every value is missing. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Sample standard deviation (n − 1); null below two values. */
  readonly sd: number | null;
  readonly quantiles: Readonly<Record<QuantileName, number>> | null;
}

interface CategoryProfile {
  readonly kind: 'category';
  readonly name: string;
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
  /** The most frequent 50 at most, by count, then in code-unit order. */
  readonly levels: readonly { readonly level: string; readonly count: number }[];
}

export interface TableProfile {
  readonly rows: number;
  readonly label: { readonly positives: number; readonly rate: number | null };
  readonly columns: readonly (NumberProfile | CategoryProfile)[];
  /** Left out where the table has no event times. */
  readonly eventTime?: EventTimeProfile;
}

interface EventTimeProfile {
  readonly column: string;
  readonly distinct: number;
  /** ISO 8601; null where there is no row. */
  readonly earliest: string | null;
  readonly latest: string | null;
}

/** `count` is what is present, `missing` the rest. Quantiles interpolate linearly (Hyndman and Fan's type 7, as NumPy's). */
export function profileTable({ rowCount, columns, labels, eventTime }: Table): TableProfile {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  // One for all columns: a copy of each would wait for the garbage collector beside the table.
  const scratch = new Float32Array(rowCount);
  return {
    rows: rowCount,
    label: { positives, rate: rowCount === 0 ? null : positives / rowCount },
    columns: columns.map(column =>
      column.kind === 'number' ? profileNumbers(column, scratch) : profileCategory(column),
    ),
    ...(eventTime === undefined ? {} : { eventTime: profileTimes(eventTime) }),
  };
}

function profileTimes({ column, times }: EventTime): EventTimeProfile {
  const sorted = times.toSorted();
  const distinct = sorted.reduce(
    (count, time, place) => count + (place === 0 || time !== sorted[place - 1] ? 1 : 0),
    0,
  );
  const [earliest, latest] = [sorted.at(0), sorted.at(-1)].map(time =>
    time === undefined ? null : new Date(time).toISOString(),
  );
  return { column, distinct, earliest, latest };
}

/** @param scratch as long as the column; its content is lost */
function profileNumbers({ name, values }: NumberColumn, scratch: Float32Array): NumberProfile {
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) scratch[count++] = value;
  const present = scratch.subarray(0, count).sort();
  const base = { kind: 'number', name, count, missing: values.length - count } as const;
  if (count === 0)
    return { ...base, distinct: 0, min: null, max: null, mean: null, sd: null, quantiles: null };
  let distinct = 1;
  let sum = 0;
  for (let index = 0; index < count; index++) {
    sum += present[index];
    if (index > 0 && present[index] !== present[index - 1]) distinct++;
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of present) squares += (value - mean) ** 2;
  const quantile = (share: number): number => {
    const position = share * (count - 1);
    const below = Math.floor(position);
    const upper = present[Math.min(below + 1, count - 1)];
    return present[below] + (position - below) * (upper - present[below]);
  };
  return {
    ...base,
    distinct,
    min: present[0],
    max: present[count - 1],
    mean,
    sd: count < 2 ? null : Math.sqrt(squares / (count - 1)),
    quantiles: {
      p1: quantile(0.01),
      p5: quantile(0.05),
      p25: quantile(0.25),
      p50: quantile(0.5),
      p75: quantile(0.75),
      p95: quantile(0.95),
      p99: quantile(0.99),
    },
  };
}

function profileCategory({ name, levels, codes }: CategoryColumn): CategoryProfile {
  const counts = new Float64Array(levels.length);
  let missing = 0;
  for (const code of codes)
    if (code < 0) missing++;
    else counts[code]++;
  const met = levels.map((level, code) => ({ level, count: counts[code] })).filter(({ count }) => count > 0);
  return {
    kind: 'category',
    name,
    count: codes.length - missing,
    missing,
    distinct: met.length,
    levels: met.sort((a, b) => b.count - a.count).slice(0, TOP_LEVELS),
  };
}
