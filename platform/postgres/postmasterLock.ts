import { readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';
import { processStartTime } from '../lifecycle/processStartTime.ts';
import { signalProcess } from '../lifecycle/signalProcess.ts';
import { waitUntilGone } from '../lifecycle/waitUntilGone.ts';

// postmaster.pid in the data folder: what is left of a PostgreSQL whose supervisor was killed. One that is alive is
// stopped; a number that another process carries by now is made harmless. Two servers never meet on one data folder.

/** @throws HoldfastError unavailable where a server on this data cannot be stopped. */
export async function clearPostmasterLock(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const pid = readPid(path);
  if (pid === null) return;
  const startTime = processStartTime(pid);
  if (startTime === null) return; // PostgreSQL sees for itself that it is stale.
  if (servesData(pid, data)) await stopPostmaster(pid, startTime);
  else disown(path);
}

/** Fast shutdown (clients are cut off, everything is written), then immediate, then by force; recovery mends the latter two. */
export async function stopPostmaster(pid: number, startTime: string): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    signalProcess(pid, signal);
    if (await waitUntilGone(pid, startTime, waitMs)) return;
  }
  throw new HoldfastError(
    'unavailable',
    `PostgreSQL (pid ${pid}) does not stop, not even by force: look at its log.`,
  );
}

function readPid(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) ? Math.abs(pid) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A PostgreSQL server works inside its data folder and names it among its arguments. */
function servesData(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true; // Without /proc: the pid in the data folder's own lock is believed.
  try {
    return realpathSync(readlinkSync(`/proc/${pid}/cwd`)) === realpathSync(data);
  } catch {
    // Not ours to look at: another user's process, which PostgreSQL itself takes for a stranger.
    return false;
  }
}

/**
 * The number has gone to an unrelated process, which PostgreSQL would take for a server. Deleting the file would also drop
 * its memory of the shared memory block, by which it finds orphaned backends; so our own number goes in, which it ignores
 * because we are its parent.
 */
function disown(path: string): void {
  const rest = readFileSync(path, 'utf8').split('\n').slice(1);
  writeFileSync(path, [String(process.pid), ...rest].join('\n'));
}
