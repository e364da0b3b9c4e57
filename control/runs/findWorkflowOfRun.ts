import { setTimeout as sleep } from 'node:timers/promises';
import type { Temporal } from '../temporal/createTemporal.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Temporal's list lags behind what was started, usually by less than a second. */
const TRIES = 5;
const WAIT_MS = 400;

/** The workflow that has the run id; null where there is none. Temporal's other questions all want the workflow's id. */
export async function findWorkflowOfRun(temporal: Temporal, runId: string): Promise<string | null> {
  if (!uuid.test(runId)) return null;
  for (let attempt = 1; ; attempt++) {
    const found = await temporal.ask(async client => {
      for await (const { workflowId } of client.workflow.list({ query: `RunId = "${runId}"` }))
        return workflowId;
      return null;
    });
    if (found !== null || attempt === TRIES) return found;
    await sleep(WAIT_MS);
  }
}
