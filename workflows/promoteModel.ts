import { CancellationScope, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { PromoteModelInput, PromoteModelResult } from '../platform/workflowContract.ts';
import { QUICK, WAITING } from './activityOptions.ts';
import { failureText } from './failureText.ts';
import { isConflict } from './isConflict.ts';

const { verifyArtifact, moveAlias } = proxyActivities<Activities>(QUICK);
const { awaitLoaded } = proxyActivities<Activities>(WAITING);

/**
 * Verifies the model file, moves the alias, and waits until every inference process serves the version; where one cannot
 * load it, or the workflow is cancelled meanwhile, the alias goes back to what it was. A rollback is the same workflow with an
 * older version.
 */
export async function promoteModel(input: PromoteModelInput): Promise<PromoteModelResult> {
  const { model, version, expectedVersion, expectedRevisions, actor, reason } = input;
  const alias = input.alias ?? 'production';
  const operationId = workflowInfo().firstExecutionRunId;
  await verifyArtifact({ model, version });
  // Not to be interrupted half-way: it must be known whether the alias moved.
  const { previousVersion, time, revisions } = await CancellationScope.nonCancellable(() =>
    moveAlias({ model, alias, version, expectedVersion, expectedRevisions, actor, reason, operationId }),
  );
  const answer = { model, alias, version, previousVersion, time, revisions };
  // Staging is loaded when somebody asks for it; only Production must be everywhere before this ends.
  if (alias !== 'production') return { ...answer, loadedProcesses: 0 };
  try {
    return { ...answer, loadedProcesses: await awaitLoaded({ model, version }) };
  } catch (error) {
    if (previousVersion !== null && time !== null) await putBack(previousVersion, failureText(error));
    throw error;
  }

  async function putBack(previous: number, why: string): Promise<void> {
    log.warn('the alias goes back', { model, version, previous, why });
    try {
      await CancellationScope.nonCancellable(() =>
        moveAlias({
          model,
          alias,
          version: previous,
          expectedVersion: version,
          actor: 'promoteModel',
          reason: `put back: ${why}`,
          operationId: `${operationId}/back`,
        }),
      );
    } catch (error) {
      // Somebody has promoted another version since: theirs stands.
      if (!isConflict(error)) throw error;
      log.warn('the alias has moved on and stays', { model, version });
    }
  }
}
