import { z } from 'zod';
import type { MlflowClient } from './createMlflowClient.ts';
import type { KnownRun } from './ensureRun.ts';
import type { MirroredDataset, MirroredRun } from './MirroredRun.ts';
import { toKey, toPairs } from './toPairs.ts';

/** MLflow takes so many params, or tags, at once. */
const BATCH = 100;
const nothing = z.object({});

/** Writes tags, params and metrics. Doing it again changes nothing: metrics carry the registry's own time. */
export async function logRun(
  mlflow: MlflowClient,
  { id, params: present }: KnownRun,
  { tags, params, metrics, endedAt, startedAt }: MirroredRun,
  signal: AbortSignal,
): Promise<void> {
  const log = (part: object) =>
    mlflow.post('mlflow/runs/log-batch', { run_id: id, ...part }, nothing, signal);
  for (const batch of batches(toPairs(tags))) await log({ tags: batch });
  const missing = toPairs(params).filter(({ key }) => !present.has(key));
  for (const batch of batches(missing)) await log({ params: batch });
  const timestamp = (endedAt ?? startedAt).getTime();
  const figures = Object.entries(metrics).map(([name, value]) => ({
    key: toKey(name),
    value,
    timestamp,
    step: 0,
  }));
  for (const batch of batches(figures)) await log({ metrics: batch });
}

export async function logDataset(
  mlflow: MlflowClient,
  { id }: KnownRun,
  dataset: MirroredDataset,
  signal: AbortSignal,
): Promise<void> {
  const input = { dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] };
  await mlflow.post('mlflow/runs/log-inputs', { run_id: id, datasets: [input] }, nothing, signal);
}

/** Says how the run ended, once everything else is there. */
export async function closeRun(
  mlflow: MlflowClient,
  { id }: KnownRun,
  { status, endedAt }: MirroredRun,
  signal: AbortSignal,
): Promise<void> {
  if (endedAt === null) return;
  const end = { run_id: id, status, end_time: endedAt.getTime() };
  await mlflow.post('mlflow/runs/update', end, nothing, signal);
}

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
