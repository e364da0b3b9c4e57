import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext } from '../CliContext.ts';

/** How long a control server may be away (a restart, say) before the watching gives up. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

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
  let lastHeard = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      for await (const run of clients.runs.watch({ run: id }, { signal })) {
        lastHeard = Date.now();
        onRun(run);
        if (run.status !== RunStatus.RUN_STATUS_RUNNING) return run;
      }
    } catch (error) {
      const away = error instanceof HoldfastError && error.code === 'unavailable';
      if (!away || Date.now() - lastHeard > PATIENCE_MS) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
