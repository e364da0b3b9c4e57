import { getClient } from '@temporalio/activity';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { RUN_CHANGED, TASK_QUEUE, type TrackRunInput } from '../../platform/workflowContract.ts';

const modelAttribute = defineSearchAttributeKey('HoldfastModel', SearchAttributeType.KEYWORD);

/**
 * Starts the run's trackRun, or tells the one under way that the registry has changed. A workflow of its own: what asks for
 * it, from within an activity, goes on at once, whatever MLflow does.
 */
export async function requestTracking({
  id,
  model,
}: {
  readonly id: string;
  readonly model: string;
}): Promise<void> {
  const input: TrackRunInput = { runId: id };
  try {
    await getClient().workflow.signalWithStart('trackRun', {
      taskQueue: TASK_QUEUE,
      workflowId: `track-${id}`,
      args: [input],
      signal: RUN_CHANGED,
      signalArgs: [],
      typedSearchAttributes: [{ key: modelAttribute, value: model }],
    });
  } catch (cause) {
    throw new HoldfastError('unavailable', `Temporal did not take the request to track run ${id}.`, {
      cause,
    });
  }
}
