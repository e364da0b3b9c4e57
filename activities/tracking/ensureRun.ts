import { z } from 'zod';
import type { MlflowClient } from './createMlflowClient.ts';
import type { MirroredRun } from './MirroredRun.ts';
import { toPairs } from './toPairs.ts';

// MLflow gives a run its id when it makes it, so a run is found again by a tag that it was made with. An answer that was lost,
// or an attempt that went on behind its successor, may have made it twice: the older one stays.

const KEY = 'holdfast.key';
const PARENT = 'mlflow.parentRunId';

const run = z.object({
  info: z.object({
    run_id: z.string().min(1),
    artifact_uri: z.string(),
    lifecycle_stage: z.string(),
    start_time: z.coerce.number(),
  }),
  data: z
    .object({ params: z.array(z.object({ key: z.string(), value: z.string() })).default([]) })
    .default({ params: [] }),
});
const found = z.object({ runs: z.array(run).default([]) });
const made = z.object({ run });

export interface KnownRun {
  readonly id: string;
  readonly artifactUri: string;
  /** A param is given once in MLflow and never changes. */
  readonly params: ReadonlySet<string>;
}

/** @returns null where somebody deleted it in MLflow: that is respected */
export async function ensureRun(
  mlflow: MlflowClient,
  { key, name, startedAt, tags }: MirroredRun,
  { experimentId, parent }: { readonly experimentId: string; readonly parent: KnownRun | null },
  signal: AbortSignal,
): Promise<KnownRun | null> {
  const wanted = {
    experiment_ids: [experimentId],
    filter: `tags.\`${KEY}\` = ${quoted(key)}`,
    run_view_type: 'ALL',
    order_by: ['attributes.start_time ASC'],
  };
  const { runs } = await mlflow.post('mlflow/runs/search', wanted, found, signal);
  const [first, ...doubled] = runs.filter(({ info }) => info.lifecycle_stage === 'active');
  for (const { info } of doubled)
    await mlflow.post('mlflow/runs/delete', { run_id: info.run_id }, z.object({}), signal);
  if (first !== undefined) return known(first);
  if (runs.length > 0) return null;
  const request = {
    experiment_id: experimentId,
    run_name: name,
    start_time: startedAt.getTime(),
    tags: toPairs({
      ...tags,
      [KEY]: key,
      'mlflow.source.name': 'holdfast',
      'mlflow.source.type': 'JOB',
      ...(parent && { [PARENT]: parent.id }),
    }),
  };
  return known((await mlflow.post('mlflow/runs/create', request, made, signal)).run);
}

const known = ({ info, data }: z.output<typeof run>): KnownRun => ({
  id: info.run_id,
  artifactUri: info.artifact_uri,
  params: new Set(data.params.map(({ key }) => key)),
});

/** A text in MLflow's filter language, which knows no escapes: it stands in whichever quotes it does not hold. */
const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);
