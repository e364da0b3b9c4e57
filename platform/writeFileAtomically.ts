import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from './HoldfastError.ts';
import { writeFaultOf } from './writeFaults.ts';

// A file is there whole or not at all, also after the power went: temporary file in the same folder, fsync, rename, fsync of
// the folder (the order that Pillai et al., OSDI 2014, found to be the portable one). A writer that was killed leaves its
// temporary file, whose name begins with a full stop and ends with `.tmp`; nobody reads those.

export const temporaryName = (name: string): string => `.${name}.${randomUUID()}.tmp`;

/**
 * Writes the file as a whole, replacing what was there; where anything fails, the old content stays and no other file is left.
 * @param content bytes, UTF-8 text, or chunks of bytes; an error thrown by their source is passed on
 * @param options.mode permissions of the file, less the process's umask. Default 0600: what Holdfast keeps is its owner's alone
 * @throws HoldfastError resourceExhausted (no room), failedPrecondition (may not be written)
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, temporaryName(basename(path)));
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw describeWriteError(error, path);
  }
}

/** The mode of a file that somebody asked for and will show to others: whatever their umask leaves. */
export const USER_FILE_MODE = 0o666;

/** Makes the names in a folder (new, renamed, removed) outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The error for the user where the system refused to write; any other error unchanged. */
export function describeWriteError(error: unknown, path: string): unknown {
  const fault = writeFaultOf(error);
  if (fault === null) return error;
  return new HoldfastError(
    fault.code,
    `${path} could not be written, because ${fault.reason}, then try again. Nothing was changed (${fault.system}).`,
    { cause: error },
  );
}
