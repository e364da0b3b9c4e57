import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { LIVE_WITHIN_MS } from '../../db/processes/LoadedVersion.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { withPulse } from '../withPulse.ts';

const LOOK_EVERY_MS = 100;
/** Twice as long as a process counts as live after its last report: one that died drops out instead of failing this. */
const PATIENCE_MS = 2 * LIVE_WITHIN_MS;

/**
 * Waits until every live inference process reports the version ready, also one that has loaded nothing of the model yet. A
 * process that goes away is no longer waited for.
 * @returns how many there are; none is fine: they load it when they start
 * @throws HoldfastError failedPrecondition with the process's own reason where one cannot load it, or where one that
 * lives takes too long
 */
export const createAwaitLoaded =
  ({ database }: Pick<ActivityPorts, 'database'>, patienceMs = PATIENCE_MS) =>
  async ({ model, version }: { model: string; version: number }): Promise<number> => {
    const signal = cancellationSignal();
    const until = Date.now() + patienceMs;
    let state = { model, version, live: 0, waiting: 0 };
    return withPulse(
      () => heartbeat(state),
      async () => {
        for (;;) {
          const live = await listLoaded(database, model);
          const waiting = live.filter(({ loaded }) => loaded?.version !== version);
          for (const { processId, loaded } of live)
            if (loaded?.version === version && loaded.state === 'failed')
              throw new HoldfastError(
                'failedPrecondition',
                `Inference process ${processId} cannot load ${model} version ${version}: ${loaded.error}`,
              );
          state = { model, version, live: live.length, waiting: waiting.length };
          if (waiting.length === 0) return live.length;
          if (Date.now() > until)
            throw new HoldfastError(
              'failedPrecondition',
              `Inference process ${waiting.map(({ processId }) => processId).join(', ')} did not load ${model} version ${version} within ${patienceMs / 1000} s; look into its log.`,
            );
          await sleep(LOOK_EVERY_MS, undefined, { signal });
        }
      },
    );
  };
