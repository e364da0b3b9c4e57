import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { fileError } from '../fileError.ts';
import type { StartContext } from './StartContext.ts';

// Whether there is anything to train, so that a second start finds everything as it was: the workflow's id is made of what is
// asked, so a run that an earlier start began, and did not see the end of, is the one that goes on.

export interface Wanted {
  readonly model: string;
  /** Absolute path. */
  readonly data?: string;
  readonly recipe?: 'holdfast' | 'original';
}

export interface ObtainedRun {
  readonly run: Run;
  /** It had ended before: nothing was trained now. */
  readonly found: boolean;
}

/** A finished run over the wanted data, or the one that is under way, or a new one. */
export async function obtainRun(context: StartContext, wanted: Wanted): Promise<ObtainedRun> {
  const { clients, signal } = context;
  const { model, data, recipe } = wanted;
  const digest = data === undefined ? null : await digestOf(data);
  const earlier = await findEarlier(context, wanted, digest);
  if (earlier !== null) return { run: earlier, found: true };
  const run = await clients.runs.startTraining(
    {
      model,
      data: data ?? '',
      recipe: recipe ?? '',
      workflowId: ['start', model, recipe, digest?.slice(0, 12)].filter(Boolean).join('-'),
      trigger: 'start',
    },
    { signal },
  );
  return { run, found: false };
}

async function findEarlier(
  context: StartContext,
  { model, recipe }: Wanted,
  digest: string | null,
): Promise<Run | null> {
  const { clients, signal } = context;
  const production = await productionVersion(context, model);
  if (production === null) return null;
  const get = (id: string) => clients.runs.get({ run: id }, { signal });
  if (digest === null && recipe === undefined) return get(production.runId);
  const answer = await clients.runs.list({ model, pageSize: 1000 }, { signal });
  const same = answer.runs.find(
    run =>
      run.status === RunStatus.RUN_STATUS_SUCCEEDED &&
      (digest === null || run.dataset?.digest === digest) &&
      (run.result?.input?.recipe ?? undefined) === recipe,
  );
  return same === undefined ? null : get(same.id);
}

/** Null while nothing is in Production. */
export async function productionVersion(context: StartContext, model: string): Promise<ModelVersion | null> {
  const { clients, signal } = context;
  try {
    return await clients.models.getVersion({ model, version: 'production' }, { signal });
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'notFound') return null;
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError(path, error);
  }
  return hash.digest('hex');
}
