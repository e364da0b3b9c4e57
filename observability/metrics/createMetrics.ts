import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { CollectedHistogram, type HistogramReading } from './CollectedHistogram.ts';

// The figures of one process, in Prometheus' terms. Whoever counts keeps plain numbers and says here how they are read; they are
// read when the page is asked for, so that counting costs next to nothing. Labels are of bounded sets alone: models that were
// loaded, methods that there are, codes; never what a caller wrote.

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Of one figure from several processes. Default: they are added up. */
  readonly aggregator?: 'max';
}

export interface Metrics {
  counter(about: Described, read: () => Iterable<Reading>): void;
  gauge(about: Described, read: () => Iterable<Reading>): void;
  histogram(about: Described, read: () => Iterable<HistogramReading>): void;
  readonly registry: Registry;
}

/** promtool objects to these names: a gauge is no total. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** With what Node.js tells of the process, and which build it is. */
export function createMetrics(build: { readonly process: string; readonly version: string }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'holdfast_build_info',
    help: 'Which process this is, and of which version of Holdfast and Node.js; always 1.',
    labelNames: ['process', 'version', 'node'],
    registers: [registry],
    aggregator: 'max',
  }).set({ ...build, node: process.version }, 1);
  return {
    registry,
    counter: (about, read) => {
      const counter = new Counter({
        ...about,
        labelNames: about.labelNames ?? [],
        registers: [],
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.inc(labels, value);
        },
      });
      registry.registerMetric(counter);
    },
    gauge: (about, read) => {
      const gauge = new Gauge({
        ...about,
        labelNames: about.labelNames ?? [],
        registers: [],
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.set(labels, value);
        },
      });
      registry.registerMetric(gauge);
    },
    histogram: (about, read) => {
      registry.registerMetric(new CollectedHistogram({ ...about, labelNames: about.labelNames ?? [] }, read));
    },
  };
}
