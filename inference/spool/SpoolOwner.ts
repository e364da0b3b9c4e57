import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processStartTime } from '../../platform/lifecycle/processStartTime.ts';

// Whose a spool's folder is: a file in it that names its process, and whose time the process renews. On the same machine the
// process itself is asked for; of another machine only the renewing can be seen.

const FILE = 'owner.json';

const ownerSchema = z.object({ host: z.string(), pid: z.number().int(), startTime: z.string() });

/** How often a process renews its file. */
export const RENEW_EVERY_MS = 5000;
/** A process that could not renew it for so long looks whether the folder is still its own, before it writes there again. */
export const DOUBT_AFTER_MS = 30_000;
/** A process of another machine is taken for dead when its file was not renewed for so long, by the watcher's own clock. */
export const DEAD_AFTER_MS = 90_000;

export const ownerFile = (folder: string): string => join(folder, FILE);

export function writeOwner(folder: string): void {
  const owner = { host: hostname(), pid: process.pid, startTime: processStartTime(process.pid) ?? '' };
  writeFileSync(ownerFile(folder), JSON.stringify(owner), { mode: 0o600 });
}

/** Remembers what it saw of foreign folders, so that a clock that differs does not matter. */
export function createDeathWatch(now: () => number = () => performance.now()): (folder: string) => boolean {
  const seen = new Map<string, { renewedMs: number; sinceMs: number }>();
  return folder => {
    let renewedMs: number;
    let text: string;
    try {
      renewedMs = statSync(ownerFile(folder)).mtimeMs;
      text = readFileSync(ownerFile(folder), 'utf8');
    } catch {
      // Its process has just made the folder, or died between that and its file: time will tell.
      renewedMs = 0;
      text = '';
    }
    const owner = ownerSchema.safeParse(parseOrNull(text));
    if (owner.success && owner.data.host === hostname())
      return processStartTime(owner.data.pid) !== owner.data.startTime;
    const before = seen.get(folder);
    if (before?.renewedMs === renewedMs) return now() - before.sinceMs > DEAD_AFTER_MS;
    seen.set(folder, { renewedMs, sinceMs: now() });
    return false;
  };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
