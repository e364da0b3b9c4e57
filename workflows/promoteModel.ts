import { CancellationScope, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { PromoteModelInput, PromoteModelResult } from '../platform/workflowContract.ts';
import { QUICK, WAITING } from './activityOptions.ts';
import { failureText } from './failureText.ts';

const { verifyArtifact, moveAlias } = proxyActivities<Activities>(QUICK);
const { awaitLoaded } = proxyActivities<Activities>(WAITING);

/**
 * Verifies the model file, moves the alias, and waits until every inference process serves the version; where one cannot
 * load it the alias goes back to what it was. A rollback is the same workflow with an older version.
 */
export async function promoteModel(input: PromoteModelInput): Promise<PromoteModelResult> {
  const { model, version } = input;
  const alias = input.alias ?? 'production';
  const operationId = workflowInfo().firstExecutionRunId;
  await verifyArtifact({ model, version });
  const { actor, reason } = input;
  const moved = await moveAlias({ model, alias, version, actor, reason, operationId });
  const { previousVersion, time } = moved;
  const answer = { model, alias, version, previousVersion, time };
  // Staging is loaded when somebody asks for it; only Production must be everywhere before this ends.
  if (alias !== 'production') return { ...answer, loadedProcesses: 0 };
  try {
    return { ...answer, loadedProcesses: await awaitLoaded({ model, version }) };
  } catch (error) {
    if (previousVersion !== null && moved.time !== null)
      await CancellationScope.nonCancellable(async () => {
        log.warn('the alias goes back: the version could not be loaded', { model, version, previousVersion });
        await moveAlias({
          model,
          alias,
          version: previousVersion,
          expectedVersion: version,
          actor: 'promoteModel',
          reason: `put back: ${failureText(error)}`,
          operationId: `${operationId}/back`,
        });
      });
    throw error;
  }
}
