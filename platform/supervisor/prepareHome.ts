import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';
import { fileError } from '../lifecycle/fileError.ts';

/** The folders that the supervisor keeps in Holdfast's home. */
export interface HomeFolders {
  readonly home: string;
  readonly logs: string;
  /** One small file a running process: what a later start must stop after a kill -9. */
  readonly run: string;
}

/** Below this PostgreSQL cannot even be set up. */
const NEEDED_BYTES = 200 * 1024 * 1024;

/** Makes the folders and proves that they can be written. @throws HoldfastError with one sentence where not. */
export function prepareHome(home: string): HomeFolders {
  const folders = { home, logs: join(home, 'logs'), run: join(home, 'run') };
  try {
    mkdirSync(folders.logs, { recursive: true });
    mkdirSync(folders.run, { recursive: true });
    const probe = join(folders.run, `probe-${process.pid}`);
    try {
      writeFileSync(probe, Buffer.alloc(64 * 1024), { flush: true });
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    throw fileError(error, home);
  }
  const { bavail, bsize } = statfsSync(home);
  const freeBytes = bavail * bsize;
  if (freeBytes < NEEDED_BYTES) {
    throw new HoldfastError(
      'resourceExhausted',
      `The disk of ${home} is full (${Math.floor(freeBytes / 1024 / 1024)} MB free, ${NEEDED_BYTES / 1024 / 1024} MB needed to start): free some space, or set HOLDFAST_HOME to another folder.`,
    );
  }
  return folders;
}
