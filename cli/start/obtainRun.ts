import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { isS3Uri } from '../../platform/s3Uri.ts';
import { loadProject } from '../../projects/loadProject.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import { watchRun } from '../clients/watchRun.ts';
import { fileError } from '../fileError.ts';
import type { StartContext } from './StartContext.ts';
import { allItems } from '../lists/allItems.ts';

// Whether there is anything to train, so that a second start finds everything as it was: the workflow's id is made of what is
// asked, so a run that an earlier start began, and did not see the end of, is the one that goes on.

export interface Wanted {
  readonly model: string;
  /** An absolute path, or s3://BUCKET/KEY. */
  readonly data?: string;
  readonly recipe?: 'holdfast' | 'original';
}

export interface ObtainedRun {
  readonly run: Run;
  /** Why nothing is trained now, for people: the run had ended before. Null where one is under way. */
  readonly found: string | null;
}

/** A finished run over the wanted data by today's definition, or the one that is under way, or a new one. */
export async function obtainRun(context: StartContext, wanted: Wanted): Promise<ObtainedRun> {
  const { clients, signal } = context;
  const { model, data, recipe } = wanted;
  const digest = data === undefined ? null : await digestOf(context, model, data);
  const project = await loadProject(model);
  const definition = runDefinition(project.definition, recipe).digest;
  const earlier = await findEarlier(context, wanted, { digest, definition, path: project.path });
  if (earlier !== null) return earlier;
  const run = await clients.runs.startTraining(
    {
      model,
      data: data ?? '',
      recipe: recipe ?? '',
      workflowId: ['start', model, recipe, digest?.slice(0, 12), definition.slice(0, 8)]
        .filter(Boolean)
        .join('-'),
      trigger: 'start',
    },
    { signal },
  );
  return { run, found: null };
}

interface Sought {
  /** Of the data's bytes; null where none was named. */
  readonly digest: string | null;
  /** Digest of the definition that a run begun now would have. */
  readonly definition: string;
  readonly path: string;
}

async function findEarlier(
  context: StartContext,
  { model, recipe }: Wanted,
  { digest, definition, path }: Sought,
): Promise<ObtainedRun | null> {
  const { clients, signal } = context;
  const production = await productionVersion(context, model);
  if (production === null) return null;
  const get = (id: string) => clients.runs.get({ run: id }, { signal });
  if (digest === null && recipe === undefined) {
    const run = await get(production.runId);
    const changed =
      production.definitionDigest === definition
        ? ''
        : ` ${path} is not what it was trained by: ./holdfast train --model ${model} trains by it.`;
    return {
      run,
      found: `${model} has version ${production.version} in Production (run ${run.workflowId}), so nothing is trained.${changed}`,
    };
  }
  const versions = await allItems(
    {},
    page => clients.models.listVersions({ model, showArchived: true, ...page }, { signal }),
    answer => answer.versions,
  );
  const ids = versions
    .filter(
      version =>
        version.definitionDigest === definition && (digest === null || version.datasetDigest === digest),
    )
    .map(({ runId }) => runId);
  for (const id of new Set(ids)) {
    const run = await get(id);
    if (run.status === RunStatus.RUN_STATUS_SUCCEEDED)
      return {
        run,
        found: `The run ${run.workflowId} has trained ${model} by the same definition${digest === null ? '' : ' on the same data'}, so nothing is trained.`,
      };
  }
  return null;
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

/** Only a worker can read an object: it takes the data in, which the training run then finds. */
async function digestOf(context: StartContext, model: string, data: string): Promise<string> {
  if (!isS3Uri(data)) return digestOfFile(data);
  const { clients, signal } = context;
  const { id, workflowId } = await clients.datasets.ingest(
    { model, data, workflowId: '', trigger: 'start' },
    { signal },
  );
  const { dataset, error } = await watchRun(context, id || workflowId, () => undefined);
  if (dataset !== undefined) return dataset.digest;
  throw new HoldfastError('failedPrecondition', `The data could not be taken in: ${error}`);
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError(path, error);
  }
  return hash.digest('hex');
}
