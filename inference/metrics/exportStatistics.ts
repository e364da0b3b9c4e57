import { Buckets } from '../../observability/metrics/Buckets.ts';
import type { Metrics, Reading } from '../../observability/metrics/createMetrics.ts';
import { failureReasons, type VersionStatistics } from '../InferenceStatistics.ts';

// Triton's metrics, by its names, labels and units, from the same counts as the protocol's ModelStatistics.

const ROW_BOUNDS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 10_000];

export function exportStatistics(metrics: Metrics, read: () => readonly VersionStatistics[]): void {
  const labelNames = ['model', 'version'];
  const counter = (name: string, help: string, value: (counted: VersionStatistics) => number): void =>
    metrics.counter({ name, help, labelNames }, () =>
      read().map(counted => ({ labels: labelsOf(counted), value: value(counted) })),
    );
  counter(
    'nv_inference_request_success',
    'Requests that a version answered.',
    ({ success }) => success.count,
  );
  metrics.counter(
    {
      name: 'nv_inference_request_failure',
      help: 'Requests that a version did not answer: REJECTED, too much waited or for too long; CANCELED, the caller gave up; BACKEND, the run failed; OTHER, mostly values that do not fit.',
      labelNames: [...labelNames, 'reason'],
    },
    () => read().flatMap(readFailures),
  );
  counter('nv_inference_count', 'Rows that a version scored.', ({ rows }) => rows);
  counter(
    'nv_inference_exec_count',
    'Runs of a version; fewer than requests where they were batched.',
    ({ runs }) => runs,
  );
  counter(
    'nv_inference_request_duration_us',
    'Time of the requests that were answered, in microseconds.',
    ({ success }) => toUs(success.totalMs),
  );
  counter(
    'nv_inference_queue_duration_us',
    'Time that requests waited for a run, in microseconds.',
    ({ queue }) => toUs(queue.totalMs),
  );
  counter(
    'nv_inference_compute_input_duration_us',
    'Time to read and check requests, in microseconds.',
    ({ computeInput }) => toUs(computeInput.totalMs),
  );
  counter(
    'nv_inference_compute_infer_duration_us',
    'Time of the runs that requests were in, with the taking out of the answers, in microseconds.',
    ({ computeInfer }) => toUs(computeInfer.totalMs),
  );
  counter(
    'nv_inference_compute_output_duration_us',
    'Always 0: the taking out of the answers is part of the run.',
    () => 0,
  );
  metrics.histogram({ name: 'holdfast_batch_rows', help: 'Rows of each run of a version.', labelNames }, () =>
    read().map(counted => ({ labels: labelsOf(counted), buckets: rowsOfRuns(counted) })),
  );
  metrics.counter(
    {
      name: 'holdfast_unseen_levels_total',
      help: 'Values of a category that were scored though training did not meet them.',
      labelNames: [...labelNames, 'column'],
    },
    () =>
      read().flatMap(counted =>
        [...counted.unseenLevels].map(([column, value]) => ({
          labels: { ...labelsOf(counted), column },
          value,
        })),
      ),
  );
}

const labelsOf = ({ model, version }: VersionStatistics) => ({ model, version: String(version) });

const toUs = (ms: number): number => Math.round(ms * 1000);

const readFailures = (counted: VersionStatistics): Reading[] =>
  failureReasons.map(reason => ({
    labels: { ...labelsOf(counted), reason },
    value: counted.failures[reason],
  }));

function rowsOfRuns({ runsByRows }: VersionStatistics): Buckets {
  const buckets = new Buckets(ROW_BOUNDS);
  for (const [rows, { count }] of runsByRows) buckets.observe(rows, count);
  return buckets;
}
