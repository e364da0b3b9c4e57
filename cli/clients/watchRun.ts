import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext } from '../CliContext.ts';
import { isAway, PATIENCE_MS, RETRY_MS } from './outlastRestart.ts';

/**
 * Follows a run until it ended, across restarts of the control server.
 * @param onRun Told each state.
 * @returns the last state.
 * @throws HoldfastError as the server meant it; the signal's reason on Ctrl-C.
 */
export async function watchRun(
  { clients, signal }: Pick<CliContext, 'clients' | 'signal'>,
  id: string,
  onRun: (run: Run) => void,
): Promise<Run> {
  // A server that never answered is told at once.
  let awaySince: number | null = null;
  for (;;) {
    let wasThere = false;
    try {
      for await (const run of clients.runs.watch({ run: id }, { signal })) {
        wasThere = true;
        onRun(run);
        if (run.status !== RunStatus.RUN_STATUS_RUNNING) return run;
      }
      awaySince = Date.now();
    } catch (error) {
      // It was there until now, however long ago it had something to tell.
      if (wasThere) awaySince = Date.now();
      if (!isAway(error) || awaySince === null || Date.now() - awaySince > PATIENCE_MS) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
