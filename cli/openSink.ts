import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { fileError } from './fileError.ts';

export interface Sink {
  /** Resolves when the text is taken; the caller waits, so that memory stays bounded. */
  write(text: string): Promise<void>;
  /** Makes the whole output appear at once under its name. */
  commit(): Promise<void>;
  /** Leaves what was there before. */
  discard(): Promise<void>;
}

/**
 * Where Latin-1 text (one character a byte) goes: a file that appears whole or not at all; standard output (`-`) and
 * whatever is no regular file (a pipe, a device) are written as it comes.
 * @throws HoldfastError where it cannot be written.
 */
export async function openSink(path: string, stdout: NodeJS.WriteStream): Promise<Sink> {
  if (path === '-') return streamSink(stdout, async () => undefined);
  const present = await stat(path).catch(() => undefined);
  try {
    if (present === undefined || present.isFile())
      return await fileSink(present === undefined ? path : await realpath(path), present?.mode);
    const stream = createWriteStream(path);
    await once(stream, 'open');
    return streamSink(stream, async () => {
      stream.end();
      await once(stream, 'close');
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new HoldfastError('notFound', `The folder ${dirname(path)} does not exist. Make it first.`, {
        cause: error,
      });
    throw fileError(path, error);
  }
}

async function fileSink(path: string, mode: number | undefined): Promise<Sink> {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
  const file = await open(partial, 'wx');
  return {
    async write(text) {
      try {
        await file.appendFile(text, 'latin1');
      } catch (error) {
        throw fileError(path, error);
      }
    },
    async commit() {
      try {
        if (mode !== undefined) await chmod(partial, mode);
        await file.sync();
        await file.close();
        await rename(partial, path);
      } catch (error) {
        throw fileError(path, error);
      }
    },
    async discard() {
      // Closing again after commit's own close is harmless.
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

const streamSink = (stream: NodeJS.WritableStream, close: () => Promise<void>): Sink => ({
  async write(text) {
    if (!stream.write(text, 'latin1')) await once(stream, 'drain');
  },
  commit: close,
  discard: close,
});
