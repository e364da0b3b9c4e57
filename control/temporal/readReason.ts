import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Temporal } from './createTemporal.ts';
import { failureReason } from './failureReason.ts';

/** Why a workflow that did not succeed ended, for people. @throws HoldfastError unavailable where Temporal does not answer */
export async function readReason(temporal: Temporal, workflowId: string, runId: string): Promise<string> {
  try {
    await temporal.ask(client => client.workflow.result(workflowId, runId, { followRuns: false }));
    return 'it ended in Temporal without a reason';
  } catch (error) {
    if (error instanceof WorkflowFailedError) return failureReason(error);
    // Its history expires, or is deleted, a moment before Temporal forgets the run itself.
    if (error instanceof WorkflowNotFoundError) return 'it ended, and Temporal no longer has its history';
    throw error;
  }
}
