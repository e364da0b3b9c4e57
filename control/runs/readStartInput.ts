import { arrayFromPayloads, defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import type { Temporal } from '../temporal/createTemporal.ts';

// The worker checks the input as a request; here it is only looked at, so whatever else it holds is passed over.
const startInput = z
  .object({ model: z.string().optional(), trigger: z.string().optional() })
  .catch({ model: undefined, trigger: undefined });

/**
 * What a training run was started with, out of the first event of its history: for a run that has no row yet, because no
 * worker has begun it.
 */
export async function readStartInput(
  temporal: Temporal,
  workflowId: string,
  runId: string,
): Promise<{ readonly model: string | undefined; readonly trigger: string | undefined }> {
  const { history } = await temporal.ask(client =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: temporal.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    }),
  );
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [input] = arrayFromPayloads(defaultPayloadConverter, payloads);
  const { model, trigger } = startInput.parse(input ?? {});
  return { model, trigger };
}
