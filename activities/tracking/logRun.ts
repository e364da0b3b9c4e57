import { z } from 'zod';
import type { MlflowClient } from './createMlflowClient.ts';
import type { KnownRun } from './ensureRun.ts';
import type { MirroredDataset, MirroredRun } from './MirroredRun.ts';
import { toKey, toPairs } from './toPairs.ts';

/** MLflow takes so many params, or tags, at once; of metrics more. */
const BATCH = 100;
const nothing = z.object({});

/** Writes tags, params and metrics. Doing it again changes nothing: metrics carry the registry's own time. */
export async function logRun(
  mlflow: MlflowClient,
  { id, params: present }: KnownRun,
  { tags, params, metrics, endedAt, startedAt }: MirroredRun,
  signal: AbortSignal,
): Promise<void> {
  const timestamp = (endedAt ?? startedAt).getTime();
  const all = {
    tags: toPairs(tags),
    params: toPairs(params).filter(({ key }) => !present.has(key)),
    metrics: Object.entries(metrics).map(([name, value]) => ({
      key: toKey(name),
      value,
      timestamp,
      step: 0,
    })),
  };
  const most = Math.max(...Object.values(all).map(({ length }) => length));
  for (let from = 0; from < most; from += BATCH) {
    const batch = Object.fromEntries(
      Object.entries(all).map(([name, items]) => [name, items.slice(from, from + BATCH)]),
    );
    await mlflow.post('mlflow/runs/log-batch', { run_id: id, ...batch }, nothing, signal);
  }
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
