import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'mocha';
import { createIngest } from '../../activities/data/createIngest.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { SendFileRequest } from '../../proto/gen/holdfast/v1/file.ts';
import { expectError } from '../support/expectError.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

// Files in pieces, by a real client into a real artifact store.

const PIECE = 256 * 1024;

const announce = (digest: string, size: number): SendFileRequest => ({
  part: { $case: 'announcement', value: { digest, sizeBytes: BigInt(size) } },
});

const piece = (offset: number, content: Buffer): SendFileRequest => ({
  part: { $case: 'piece', value: { offset: BigInt(offset), content } },
});

async function* inTurn(...parts: SendFileRequest[]): AsyncGenerator<SendFileRequest> {
  yield* parts;
}

/** Pieces without an end, and how many were asked for. */
function endless(first: SendFileRequest) {
  const sent = { pieces: 0 };
  async function* parts(): AsyncGenerator<SendFileRequest> {
    yield first;
    for (;;) yield piece(PIECE * sent.pieces++, Buffer.alloc(PIECE));
  }
  return { sent, parts: parts() };
}

/** Every file of the store, those that are being written too. */
const stored = async ({ home }: ControlWorld): Promise<string[]> => {
  const found = await readdir(join(home, 'artifacts'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return found.filter(entry => entry.isFile()).map(({ name }) => name);
};

describe('FileService.Send', () => {
  it('keeps what it was announced to be, once; of anything else nothing, and of what is too large not a byte', function () {
    return withControl(this, async world => {
      const { files, artifacts } = world;
      const content = Buffer.from('a,b\n1,2\n'.repeat(1000));
      const digest = sha256(content);
      const size = content.length;
      const half = size / 2;
      const wrong: readonly [readonly SendFileRequest[], RegExp][] = [
        [[], /part: expected the announcement before any piece/],
        [[piece(0, content)], /part: expected the announcement/],
        [[announce('abc', size)], /digest: expected a SHA-256/],
        [[announce(digest, 0)], /size_bytes: expected 1 to 2147483648/],
        [[announce(digest, size), announce(digest, size)], /part: expected a piece/],
        [[announce(digest, size), piece(1, content)], /offset: expected 0, .*got 1/],
        [
          [announce(digest, size), piece(0, content.subarray(0, half)), piece(0, content)],
          /offset: expected 4000/,
        ],
        [[announce(digest, size), piece(0, content.subarray(1))], /expected 8000 bytes in all, got 7999/],
        [[announce(digest, size - 1), piece(0, content)], /expected 7999 bytes in all, got more/],
        [[announce(sha256('another'), size), piece(0, content)], /its digest is .*, announced was/],
        [[announce(digest, 2 ** 21), piece(0, Buffer.alloc(2 ** 20 + 1))], /at most 1048576 bytes a piece/],
      ];
      for (const [parts, why] of wrong)
        await assert.rejects(files.send(inTurn(...parts)), expectError('invalidArgument', why));
      const huge = endless(announce(digest, 2 ** 31 + 1));
      await assert.rejects(
        files.send(huge.parts),
        expectError('invalidArgument', /size_bytes: expected 1 to/),
      );
      assert.ok(huge.sent.pieces < 400, `${huge.sent.pieces} pieces were read after it was refused`);
      assert.deepEqual(await stored(world), [], 'nothing was kept of any');

      const parts = [
        announce(digest, size),
        piece(0, content.subarray(0, half)),
        piece(half, content.subarray(half)),
      ];
      const answer = { digest, sizeBytes: BigInt(size) };
      assert.deepEqual(await files.send(inTurn(...parts)), { ...answer, existed: false });
      assert.deepEqual(Buffer.from(await artifacts.get(digest)), content);
      const again = endless(parts[0]);
      assert.deepEqual(await files.send(again.parts), { ...answer, existed: true });
      assert.ok(again.sent.pieces < 400, `${again.sent.pieces} pieces were sent of what was there`);
      assert.deepEqual(await stored(world), [digest]);
    });
  });

  it('leaves nothing of a file whose sender goes away, and holds no file in memory', function () {
    return withControl(this, async world => {
      const { files, artifacts } = world;
      const gone = new AbortController();
      const cut = endless(announce(sha256('never'), 2 ** 30));
      const sending = files.send(cut.parts, { signal: gone.signal });
      sending.catch(() => undefined);
      await waitUntil('a part is written', async () => (await stored(world)).length === 1);
      gone.abort(new Error('the sender has gone'));
      await assert.rejects(sending, /the sender has gone/);
      await waitUntil('it is removed', async () => (await stored(world)).length === 0);

      const count = 512;
      const hash = createHash('sha256');
      const filled = (index: number): Buffer => Buffer.alloc(PIECE, index);
      for (let index = 0; index < count; index++) hash.update(filled(index));
      const digest = hash.digest('hex');
      setFlagsFromString('--expose-gc');
      const collectGarbage: () => void = runInNewContext('gc');
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      async function* parts(): AsyncGenerator<SendFileRequest> {
        yield announce(digest, count * PIECE);
        for (let index = 0; index < count; index++) {
          yield piece(index * PIECE, filled(index));
          if (index % 32 !== 0) continue;
          collectGarbage();
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        }
      }
      assert.equal((await files.send(parts())).existed, false);
      assert.ok(await artifacts.has(digest));
      assert.ok(most < (count * PIECE) / 2, `${most} bytes were in memory of ${count * PIECE}`);
    });
  });

  it('is how the command sends a table to another machine, which a request then names', function () {
    return withControl(this, async world => {
      const { address, datasets, home, startWorker, database, artifacts } = world;
      await startWorker({ ingest: createIngest({ database, artifacts, home, environment: {} }) });
      const customers = [...telcoCsv(simulateTelco({ rows: 200, seed: 3 }))].join('');
      const file = join(home, 'customers.csv');
      await writeFile(file, customers);
      const uploaded = await runHoldfast(['datasets', 'upload', file, '--wait', '--json'], {
        control: address,
      });
      assert.equal(uploaded.code, 0, uploaded.stderr);
      const { dataset } = JSON.parse(uploaded.stdout);
      assert.deepEqual([dataset.rows, dataset.isNew], [200, true]);
      const asked = { model: 'churn', content: Buffer.alloc(0), fileName: '', workflowId: '', trigger: '' };
      await assert.rejects(
        datasets.upload({ ...asked, digest: sha256('nobody sent this') }),
        expectError('notFound', /digest: no file [0-9a-f]{64} was sent.*FileService\/Send first/),
      );
      await assert.rejects(
        datasets.upload({ ...asked, digest: '../x' }),
        expectError('invalidArgument', /digest: expected a SHA-256/),
      );
      await assert.rejects(
        datasets.upload({ ...asked, digest: sha256(customers), content: Buffer.from('x') }),
        expectError('invalidArgument', /digest: expected none beside the file itself/),
      );
      const empty = join(home, 'empty.csv');
      await writeFile(empty, '');
      const refused = await runHoldfast(['datasets', 'upload', empty], { control: address });
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, /empty\.csv is empty/);
    });
  });
});
