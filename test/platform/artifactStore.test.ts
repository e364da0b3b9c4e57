import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { sha256 } from '../../platform/sha256.ts';
import { USER_FILE_MODE, writeFileAtomically } from '../../platform/writeFileAtomically.ts';

const run = promisify(execFile);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-artifacts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refuses = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HoldfastError, `expected a HoldfastError, got ${String(error)}`);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

const filesUnder = async (path: string): Promise<string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => entry.name);

async function* failing(code: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half of it');
  throw Object.assign(new Error(code), { code });
}

const absent = sha256('never stored');

describe('createLocalArtifactStore', () => {
  it('keeps bytes under their digest, read-only for their owner alone, and answers them', async () => {
    const store = createLocalArtifactStore(join(folder, 'not', 'yet', 'there'));
    const bytes = randomBytes(100_000);
    const digest = await store.put(bytes);
    assert.equal(digest, sha256(bytes));
    assert.deepEqual(await store.get(digest), bytes);
    const path = await store.path(digest);
    assert.equal(path, join(folder, 'not', 'yet', 'there', digest.slice(0, 2), digest));
    assert.equal((await stat(path)).mode & 0o777, 0o400);
    assert.equal((await stat(join(folder, 'not'))).mode & 0o777, 0o700);
    assert.equal(await store.has(digest), true);
  });

  it('stores the empty artifact', async () => {
    const store = createLocalArtifactStore(folder);
    const digest = await store.put(new Uint8Array());
    assert.equal((await store.get(digest)).length, 0);
  });

  it('stores a file by its content', async () => {
    const store = createLocalArtifactStore(join(folder, 'store'));
    const bytes = randomBytes(3_000_000);
    await writeFile(join(folder, 'table.csv'), bytes);
    const digest = await store.putFile(join(folder, 'table.csv'));
    assert.equal(digest, sha256(bytes));
    assert.deepEqual(await store.get(digest), bytes);
    assert.equal(await store.put(bytes), digest);
  });

  it('stores chunks by what they make up, and nothing where they change meanwhile', async () => {
    const store = createLocalArtifactStore(folder);
    const bytes = randomBytes(300_000);
    // One piece of memory for all of them: each is only valid until the next.
    const chunk = new Uint8Array(1000);
    const digest = await store.putChunks(function* chunks() {
      for (let from = 0; from < bytes.length; from += chunk.length) {
        chunk.set(bytes.subarray(from, from + chunk.length));
        yield chunk;
      }
    });
    assert.equal(digest, sha256(bytes));
    assert.deepEqual(await store.get(digest), bytes);
    await assert.rejects(
      store.putChunks(() => [randomBytes(100)]),
      refuses('conflict', /The content was changed while it was being stored/),
    );
    assert.deepEqual(await filesUnder(folder), [digest]);
  });

  it('takes the same bytes from many writers at once and leaves one file', async () => {
    const bytes = randomBytes(500_000);
    const stores = Array.from({ length: 16 }, () => createLocalArtifactStore(folder));
    const digests = await Promise.all(stores.map(store => store.put(bytes)));
    assert.deepEqual(new Set(digests), new Set([sha256(bytes)]));
    assert.deepEqual(await filesUnder(folder), [sha256(bytes)]);
  });

  it('lets two processes see each other’s artifacts', async () => {
    const bytes = randomBytes(64);
    const digest = await createLocalArtifactStore(folder).put(bytes);
    assert.deepEqual(await createLocalArtifactStore(folder).get(digest), bytes);
  });

  it('says what is not there and where it looked', async () => {
    const store = createLocalArtifactStore(folder);
    assert.equal(await store.has(absent), false);
    await assert.rejects(store.get(absent), refuses('notFound', new RegExp(`${absent} in ${folder}`)));
    await assert.rejects(store.path(absent), refuses('notFound', /HOLDFAST_HOME/));
  });

  for (const name of ['', '../../etc/passwd', 'ABCD', absent.toUpperCase(), `${absent}\n`])
    it(`refuses ${JSON.stringify(name)} as a digest`, async () => {
      const store = createLocalArtifactStore(folder);
      await assert.rejects(store.get(name), refuses('invalidArgument', /64 lower-case hexadecimal digits/));
      await assert.rejects(store.path(name), refuses('invalidArgument', /64 lower-case/));
      await assert.rejects(store.has(name), refuses('invalidArgument', /64 lower-case/));
    });

  it('notices damaged content, and is healed by the same bytes', async () => {
    const store = createLocalArtifactStore(folder);
    const bytes = randomBytes(1000);
    const digest = await store.put(bytes);
    const path = await store.path(digest);
    await chmod(path, 0o644);
    await truncate(path, 999);
    await assert.rejects(store.get(digest), refuses('internal', /no longer holds what its name says/));
    await store.put(bytes);
    assert.deepEqual(await store.get(digest), bytes);
  });

  it('is not disturbed by what killed writers left, and removes it when it is a day old', async () => {
    const store = createLocalArtifactStore(folder);
    const bytes = randomBytes(1000);
    const digest = sha256(bytes);
    const shard = join(folder, digest.slice(0, 2));
    const old = `.${digest}.00000000-0000-0000-0000-000000000000.tmp`;
    const fresh = `.${digest}.11111111-1111-1111-1111-111111111111.tmp`;
    await mkdir(shard);
    await writeFile(join(shard, old), bytes.subarray(0, 10));
    await writeFile(join(shard, fresh), bytes.subarray(0, 10));
    const yesterday = new Date(Date.now() - 25 * 3600_000);
    await utimes(join(shard, old), yesterday, yesterday);
    assert.equal(await store.has(digest), false);
    await store.put(bytes);
    assert.deepEqual(await store.get(digest), bytes);
    assert.deepEqual((await readdir(shard)).sort(), [fresh, digest].sort());
  });

  it('leaves nothing half-written where there is no room, and says so', async () => {
    // The system's own limit on a file's size: the write fails in the middle, as on a full disk, for any user.
    const script = `
      import { createLocalArtifactStore } from './platform/createLocalArtifactStore.ts';
      process.on('SIGXFSZ', () => {});
      const store = createLocalArtifactStore(process.argv[1]);
      await store.put(new Uint8Array(1000));
      await store.put(new Uint8Array(10_000_000)).catch(error => console.log(JSON.stringify({ code: error.code, message: error.message })));
    `;
    const { stdout } = await run('sh', [
      '-c',
      'ulimit -f 100 && exec "$0" --input-type=module -e "$1" "$2"',
      process.execPath,
      script,
      folder,
    ]);
    const refusal = JSON.parse(stdout);
    assert.equal(refusal.code, 'resourceExhausted');
    assert.match(refusal.message, /could not be written, because .* Nothing was changed/);
    assert.deepEqual(await filesUnder(folder), [sha256(new Uint8Array(1000))]);
  });
});

describe('writeFileAtomically', () => {
  it('replaces the whole content', async () => {
    const path = join(folder, 'state.json');
    await writeFileAtomically(path, 'a much longer first text');
    await writeFileAtomically(path, 'second');
    assert.equal(await readFile(path, 'utf8'), 'second');
    assert.deepEqual(await readdir(folder), ['state.json']);
  });

  it('writes for the owner alone, but what the user asked for as the umask says', async () => {
    const path = join(folder, 'file');
    await writeFileAtomically(path, '');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await writeFileAtomically(path, '', { mode: USER_FILE_MODE });
    assert.equal((await stat(path)).mode & 0o777, 0o666 & ~process.umask());
  });

  for (const { system, code, pattern } of [
    { system: 'ENOSPC', code: 'resourceExhausted', pattern: /the disk is full: free some space/ },
    { system: 'EDQUOT', code: 'resourceExhausted', pattern: /quota/ },
    { system: 'EROFS', code: 'failedPrecondition', pattern: /read-only/ },
    { system: 'EACCES', code: 'failedPrecondition', pattern: /permissions/ },
  ])
    it(`keeps the old content and leaves no other file on ${system}`, async () => {
      const path = join(folder, 'state.json');
      await writeFileAtomically(path, 'first');
      await assert.rejects(writeFileAtomically(path, failing(system)), refuses(code, pattern));
      assert.equal(await readFile(path, 'utf8'), 'first');
      assert.deepEqual(await readdir(folder), ['state.json']);
    });

  it('passes on an error of the content’s source as it is', async () => {
    await assert.rejects(writeFileAtomically(join(folder, 'a'), failing('EOTHER')), { code: 'EOTHER' });
    assert.deepEqual(await readdir(folder), []);
  });
});
