import { Histogram } from 'prom-client';
import type { Buckets } from './Buckets.ts';

export interface HistogramReading {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: Buckets;
}

interface Value {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  /** Of all values of one reading. */
  readonly sharedLabels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram of prom-client whose counts are kept elsewhere and read when the page is asked for: prom-client's own costs a
 * call about a microsecond for the look-up of its labels. */
export class CollectedHistogram extends Histogram {
  readonly #about: { readonly name: string; readonly help: string };
  readonly #read: () => Iterable<HistogramReading>;

  constructor(
    about: { readonly name: string; readonly help: string; readonly labelNames: readonly string[] },
    read: () => Iterable<HistogramReading>,
  ) {
    super({ ...about, registers: [] });
    this.#about = { name: about.name, help: about.help };
    this.#read = read;
  }

  /** Where prom-client's histogram makes the page's lines, and from them what get() answers. */
  async getForPromString() {
    const values = [...this.#read()].flatMap(reading => toValues(this.#about.name, reading));
    return { ...this.#about, type: 'histogram', aggregator: 'sum', values };
  }
}

function toValues(name: string, { labels: sharedLabels, buckets }: HistogramReading): Value[] {
  const counts = buckets.cumulative();
  const all = counts[counts.length - 1];
  const value = (suffix: string, of: number, labels: Value['labels'] = {}): Value => ({
    metricName: `${name}_${suffix}`,
    labels,
    sharedLabels,
    value: of,
  });
  return [
    ...buckets.bounds.map((le, at) => value('bucket', counts[at], { le })),
    value('bucket', all, { le: '+Inf' }),
    value('sum', buckets.sum),
    value('count', all),
  ];
}
