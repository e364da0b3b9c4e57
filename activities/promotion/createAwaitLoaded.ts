import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

const lookEveryMs = 100;
/** As long as a process may go without a report before it no longer counts as live, and some. */
const patienceMs = 30_000;

/**
 * Waits until every live inference process reports the version ready.
 * @returns how many there are; none is fine: they load it when they start
 * @throws HoldfastError failedPrecondition with the process's own reason where one cannot load it, unavailable where one
 * stays silent
 */
export const createAwaitLoaded =
  ({ database }: Pick<ActivityPorts, 'database'>) =>
  async ({ model, version }: { model: string; version: number }): Promise<number> => {
    const signal = cancellationSignal();
    const until = Date.now() + patienceMs;
    for (;;) {
      const live = await listLoaded(database, model);
      heartbeat({ model, version, live: live.length });
      const failed = live.find(report => report.version === version && report.state === 'failed');
      if (failed !== undefined)
        throw new HoldfastError(
          'failedPrecondition',
          `Inference process ${failed.processId} cannot load ${model} version ${version}: ${failed.error}`,
        );
      const waiting = live.filter(report => report.version !== version);
      if (waiting.length === 0) return live.length;
      if (Date.now() > until)
        throw new HoldfastError(
          'unavailable',
          `Inference process ${waiting.map(({ processId }) => processId).join(', ')} did not load ${model} version ${version} within ${patienceMs / 1000} s; look into its log.`,
        );
      await sleep(lookEveryMs, undefined, { signal });
    }
  };
