import { DRAIN_MS } from '../lifecycle/runProcess.ts';
import { signalProcess } from '../lifecycle/signalProcess.ts';
import { waitUntilGone } from '../lifecycle/waitUntilGone.ts';
import { stopPostmaster } from '../postgres/postmasterLock.ts';
import { stopTemporal } from '../temporal/startTemporal.ts';
import { forgetProcess, runningRecords } from './processRecords.ts';

/**
 * Stops what a killed supervisor left behind: our own processes first (they are ending by themselves), then Temporal, then
 * PostgreSQL, so that each can still write what it holds.
 * @returns the names of what was stopped
 */
export async function reapLeftovers(folder: string): Promise<string[]> {
  const left = runningRecords(folder);
  const servers = ['temporal', 'postgres'];
  await Promise.all(
    left
      .filter(({ name }) => !servers.includes(name))
      .map(async ({ pid, startTime }) => {
        signalProcess(pid, 'SIGTERM');
        if (!(await waitUntilGone(pid, startTime, DRAIN_MS + 2000))) signalProcess(pid, 'SIGKILL');
      }),
  );
  for (const { name, pid, startTime } of left) if (name === 'temporal') await stopTemporal(pid, startTime);
  for (const { name, pid, startTime } of left) if (name === 'postgres') await stopPostmaster(pid, startTime);
  for (const { name } of left) forgetProcess(folder, name);
  return left.map(({ name }) => name);
}
