import { setTimeout as sleep } from 'node:timers/promises';
import { Run, RunStatus, type WatchRunRequest } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import { getRun } from './getRun.ts';
import { readRunOf } from './readRun.ts';

/** How often a watched run is looked at. */
const LOOK_EVERY_MS = 400;

/**
 * The run at once, again whenever something of it changed, and for the last time when it ended. Ends when the caller leaves.
 * @throws HoldfastError notFound
 */
export async function* watchRun(
  ports: ControlPorts,
  request: WatchRunRequest,
  principal: Pick<Principal, 'models'>,
  signal: AbortSignal,
): AsyncGenerator<Run> {
  let told = Buffer.alloc(0);
  let run = await getRun(ports, request, principal);
  for (;;) {
    const bytes = Buffer.from(Run.encode(run).finish());
    if (!bytes.equals(told)) yield run;
    told = bytes;
    if (run.status !== RunStatus.RUN_STATUS_RUNNING) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    // By both ids: a workflow id that is started again meanwhile is another run.
    run = await readRunOf(ports, run.workflowId, run.id);
  }
}
