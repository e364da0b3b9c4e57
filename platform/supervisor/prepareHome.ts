import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../lifecycle/fileError.ts';
import { assertRoomToStart } from '../freeSpace.ts';

// Customers' data lies in the home: its folders are their owner's alone. Only the way to PostgreSQL's data can be passed by
// others, for PostgreSQL may run under another account (decision 0006); what lies there is closed by itself.

/** The folders that the supervisor keeps in Holdfast's home. */
export interface HomeFolders {
  readonly home: string;
  readonly logs: string;
  /** One small file a running process: what a later start must stop after a kill -9. */
  readonly run: string;
}

const privateFolders = [
  'artifacts',
  'cache',
  'credentials',
  'data',
  'inference',
  'logs',
  'quarantine',
  'run',
  'temporal',
] as const;

/** Makes the folders and proves that they can be written. @throws HoldfastError with one sentence where not. */
export function prepareHome(home: string): HomeFolders {
  const folders = { home, logs: join(home, 'logs'), run: join(home, 'run') };
  try {
    // A home that is there already keeps its mode: the user made it, maybe for more than this.
    mkdirSync(home, { recursive: true, mode: 0o711 });
    mkdirSync(join(home, 'postgres'), { recursive: true, mode: 0o711 });
    for (const name of privateFolders) makePrivate(join(home, name));
    const probe = join(folders.run, `probe-${process.pid}`);
    try {
      writeFileSync(probe, Buffer.alloc(64 * 1024), { flush: true });
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    throw fileError(error, home);
  }
  assertRoomToStart(home);
  return folders;
}

/** One that everybody may enter was made by an earlier version; a group that somebody let in on purpose stays. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o007) !== 0) chmodSync(folder, 0o700);
}
