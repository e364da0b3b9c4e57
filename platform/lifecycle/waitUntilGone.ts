import { setTimeout as sleep } from 'node:timers/promises';
import { processStartTime } from './processStartTime.ts';

/** Waits until the process that had this start time is gone; false where it still runs after `withinMs`. */
export async function waitUntilGone(pid: number, startTime: string, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (processStartTime(pid) === startTime) {
    if (Date.now() >= end) return false;
    await sleep(25);
  }
  return true;
}
