import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import type { AliasRevisions } from '../../db/aliases/Alias.ts';
import { readAliasRevisions } from '../../db/aliases/aliasRevisions.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import {
  type PromoteModelInput,
  type PromoteModelResult,
  TASK_QUEUE,
} from '../../platform/workflowContract.ts';
import type { Promotion } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { awaitResult } from '../temporal/awaitResult.ts';
import { encodeEtag } from './etag.ts';
import type { Temporal } from '../temporal/createTemporal.ts';

type PromoteModel = (input: PromoteModelInput) => Promise<PromoteModelResult>;

/** Runs promoteModel and waits for it; a version that is Production already is answered with no time. */
export async function promoteVersion(
  { database, temporal }: Pick<ControlPorts, 'database' | 'temporal'>,
  { model, version, aliases }: ModelVersion,
  {
    actor,
    reason,
    expected,
  }: {
    readonly actor: string;
    readonly reason: string;
    readonly expected: AliasRevisions | undefined;
  },
): Promise<Promotion> {
  if (aliases.includes('production')) {
    const live = await listLoaded(database, model);
    const ready = live.filter(({ loaded }) => loaded?.version === version && loaded.state === 'ready');
    return {
      model,
      alias: 'production',
      version,
      previousVersion: version,
      loadedProcesses: ready.length,
      time: undefined,
      etag: encodeEtag(await database.read(manager => readAliasRevisions(manager, model))),
    };
  }
  const result = await runPromotion(temporal, {
    model,
    version,
    alias: 'production',
    expectedRevisions: expected,
    actor,
    reason,
  });
  return {
    model,
    alias: result.alias,
    version: result.version,
    previousVersion: result.previousVersion ?? undefined,
    loadedProcesses: result.loadedProcesses,
    time: result.time === null ? undefined : new Date(result.time),
    etag: result.revisions === undefined ? '' : encodeEtag(result.revisions),
  };
}

/** One promotion at a time of a model: the workflow's id is the model's. */
async function runPromotion(temporal: Temporal, input: PromoteModelInput): Promise<PromoteModelResult> {
  const { model, version } = input;
  const workflowId = `promote-${model}`;
  const handle = await temporal.ask(async client => {
    try {
      return await client.workflow.start<PromoteModel>('promoteModel', {
        taskQueue: TASK_QUEUE,
        workflowId,
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw new HoldfastError(
        'conflict',
        `Another promotion of ${model} is under way (workflow ${workflowId}). Wait for it, look at \`./holdfast models history ${model}\`, then decide again.`,
        { cause: error },
      );
    }
  });
  return awaitResult<PromoteModelResult>(temporal, handle, {
    failure: `Version ${version} of ${model} was not promoted`,
    work: `The promotion of ${model} to version ${version}`,
  });
}
