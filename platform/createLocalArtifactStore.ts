import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArtifactStore } from './ArtifactStore.ts';
import { assertRoomFor } from './freeSpace.ts';
import { HoldfastError } from './HoldfastError.ts';
import { sha256 } from './sha256.ts';
import { describeWriteError, syncFolder, writeFileAtomically } from './writeFileAtomically.ts';

// Artifacts as files of a local folder: <folder>/<first two digits>/<digest>, read-only and for their owner alone, in the
// manner of Git's object store. Several processes may put and get at once without a lock, because a name says what must be in the file.

const staleAfterMs = 24 * 3600_000;

/** @param folder made when the first artifact is stored; processes that share artifacts name the same one. */
export function createLocalArtifactStore(folder: string): ArtifactStore {
  const root = resolve(folder);
  const locate = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest))
      throw new HoldfastError(
        'invalidArgument',
        `${JSON.stringify(digest)} is not an artifact's digest: expected 64 lower-case hexadecimal digits.`,
      );
    return join(root, digest.slice(0, 2), digest);
  };

  const store = async (digest: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> => {
    const path = locate(digest);
    await makeFolder(root, dirname(path));
    // A file that a failing disk damaged is written anew, so that putting again heals it.
    if (await holds(path, digest)) await syncFolder(dirname(path));
    else {
      await removeLeftovers(dirname(path));
      await writeFileAtomically(path, content, { mode: 0o400 });
    }
    return digest;
  };

  const storeStream = async (read: () => AsyncIterable<Uint8Array>, shownAs: string): Promise<string> => {
    const digest = await digestOf(read());
    return store(digest, readUnchanged(read(), digest, shownAs));
  };

  return {
    put: bytes => store(sha256(bytes), bytes),
    putChunks: chunks => storeStream(() => paced(chunks()), 'The content'),
    putFile: path => storeStream(() => createReadStream(path), path),
    putStream: async (digest, sizeBytes, content) => {
      if (await holds(locate(digest), digest)) return { existed: true };
      await makeFolder(root, root);
      await assertRoomFor(root, sizeBytes);
      await store(digest, readAnnounced(content, digest));
      return { existed: false };
    },
    get: async digest => {
      const path = locate(digest);
      const bytes = await readFile(path).catch(error => {
        throw describeReadError(error, digest, root);
      });
      if (sha256(bytes) !== digest)
        throw new HoldfastError(
          'internal',
          `The artifact ${path} no longer holds what its name says. The disk or somebody changed it: remove the file and repeat the run that made it, or restore it from a backup.`,
        );
      return bytes;
    },
    path: async digest => {
      const path = locate(digest);
      await access(path).catch(error => {
        throw describeReadError(error, digest, root);
      });
      return path;
    },
    has: async digest => {
      const path = locate(digest);
      return exists(path);
    },
  };
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    error => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );

async function holds(path: string, digest: string): Promise<boolean> {
  return (await exists(path)) && (await digestOf(createReadStream(path))) === digest;
}

async function makeFolder(root: string, folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    await syncFolder(root);
    if (first !== folder) await syncFolder(dirname(first));
  } catch (error) {
    throw describeWriteError(error, folder);
  }
}

/** What killed writers left; a day old, so that no writer under way loses its file. */
async function removeLeftovers(folder: string): Promise<void> {
  const temporary = (await readdir(folder)).filter(name => name.startsWith('.') && name.endsWith('.tmp'));
  for (const name of temporary) {
    const path = join(folder, name);
    const found = await stat(path).catch(error => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (found && found.mtimeMs < Date.now() - staleAfterMs) await rm(path, { force: true });
  }
}

/** The process goes on with other things between the chunks. */
async function* paced(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield chunk;
    await new Promise(resolve => setImmediate(resolve));
  }
}

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

const readUnchanged = (
  content: AsyncIterable<Uint8Array>,
  digest: string,
  shownAs: string,
): AsyncIterable<Uint8Array> =>
  verified(
    content,
    digest,
    () =>
      new HoldfastError(
        'conflict',
        `${shownAs} was changed while it was being stored. Let its writer finish, then try again.`,
      ),
  );

const readAnnounced = (content: AsyncIterable<Uint8Array>, digest: string): AsyncIterable<Uint8Array> =>
  verified(
    content,
    digest,
    found =>
      new HoldfastError(
        'invalidArgument',
        `The file is not taken, and nothing of it was kept: its digest is ${found}, announced was ${digest}. Send it again.`,
      ),
  );

/** The bytes as they come; the error at their end where they are not what the digest says. */
async function* verified(
  content: AsyncIterable<Uint8Array>,
  digest: string,
  fault: (found: string) => HoldfastError,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  const found = hash.digest('hex');
  if (found !== digest) throw fault(found);
}

function describeReadError(error: unknown, digest: string, root: string): unknown {
  if (!isAbsent(error)) return error;
  return new HoldfastError(
    'notFound',
    `There is no artifact ${digest} in ${root}. Check that every process uses the same HOLDFAST_HOME, or repeat the run that makes it.`,
    { cause: error },
  );
}
