import { setTimeout as sleep } from 'node:timers/promises';
import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Temporal } from './createTemporal.ts';
import { workflowError } from './failureReason.ts';

const ASK_AGAIN_MS = 500;

/** How long a caller waits for a workflow before it is told that the work goes on; less than the gateway's own patience. */
export const AWAIT_MS = 170_000;

/**
 * Waits for a workflow's result. The workflow goes on without us: a Temporal that restarts meanwhile is asked again.
 * @param words how a failure begins, and what goes on where the wait ends first
 * @throws HoldfastError the workflow's own failure; unavailable once the wait ended
 */
export async function awaitResult<Result>(
  temporal: Temporal,
  handle: Pick<WorkflowHandle, 'result' | 'workflowId'>,
  words: { readonly failure: string; readonly work: string },
): Promise<Result> {
  const end = Date.now() + AWAIT_MS;
  for (;;)
    try {
      const result: Result = await temporal.ask(() => handle.result(), end - Date.now());
      return result;
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw workflowError(error, words.failure);
      if (!(error instanceof HoldfastError && error.code === 'unavailable')) throw error;
      if (Date.now() + ASK_AGAIN_MS < end) await sleep(ASK_AGAIN_MS);
      else
        throw new HoldfastError(
          'unavailable',
          `${words.work} (workflow ${handle.workflowId}) has not ended within ${AWAIT_MS / 1000} seconds and goes on. Does a worker run? See \`./holdfast status\`.`,
          { cause: error },
        );
    }
}
