import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from './HoldfastError.ts';

// Whether the home's disk has room: asked before anything starts, before a file is taken that somebody sends, and again and again
// while it runs. A disk that is full would
// end PostgreSQL and Temporal first, in ways that name anything but the disk.

const MEGABYTE = 1024 * 1024;
/** Below this PostgreSQL cannot even be set up. */
const NEEDED_TO_START_BYTES = 200 * MEGABYTE;
/** What an orderly stop may still write: PostgreSQL's last checkpoint and its log, of 16 MB a segment. */
const NEEDED_TO_GO_ON_BYTES = 64 * MEGABYTE;
const LOOK_EVERY_MS = 250;

/** @throws HoldfastError resourceExhausted */
export function assertRoomToStart(home: string): void {
  const { bavail, bsize } = statfsSync(home);
  const freeBytes = bavail * bsize;
  if (freeBytes < NEEDED_TO_START_BYTES) throw diskFull(home, freeBytes, NEEDED_TO_START_BYTES, 'to start');
}

/** So that a file which others send does not stop the installation. @throws HoldfastError resourceExhausted */
export async function assertRoomFor(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = bytes + NEEDED_TO_START_BYTES;
  if (bavail * bsize < needed) throw diskFull(folder, bavail * bsize, needed, 'to take the file');
}

/** Looks until the signal is aborted. @returns the error once there is too little room to go on */
export async function watchRoom(home: string, signal: AbortSignal): Promise<HoldfastError | null> {
  while (!signal.aborted) {
    const { bavail, bsize } = await statfs(home);
    const freeBytes = bavail * bsize;
    if (freeBytes < NEEDED_TO_GO_ON_BYTES)
      return diskFull(home, freeBytes, NEEDED_TO_GO_ON_BYTES, 'to go on');
    await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined); // Aborted: looked at above.
  }
  return null;
}

function diskFull(home: string, freeBytes: number, neededBytes: number, what: string): HoldfastError {
  const free = `${Math.floor(freeBytes / MEGABYTE)} MB free, ${Math.ceil(neededBytes / MEGABYTE)} MB needed ${what}`;
  return new HoldfastError(
    'resourceExhausted',
    `The disk of ${home} is full (${free}): free some space, or set HOLDFAST_HOME to another folder.`,
  );
}
