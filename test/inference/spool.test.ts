import assert from 'node:assert/strict';
import { appendFile, cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { decodeFrames, encodeFrame } from '../../inference/spool/frames.ts';
import { adoptOrphans } from '../../inference/spool/adoptOrphans.ts';
import { createSpool, type SpoolOptions } from '../../inference/spool/createSpool.ts';
import { openSpool, type PredictionLogOptions } from '../../inference/spool/openSpool.ts';
import { decodePredictions, encodeCalls, type PredictedCall } from '../../inference/spool/PredictedCall.ts';
import { createDeathWatch } from '../../inference/spool/SpoolOwner.ts';
import { uuidv7 } from '../../platform/uuidv7.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { withCuttableProxy } from '../support/cuttableProxy.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type TestDatabase, withDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

const call = (changes: Partial<PredictedCall> = {}): PredictedCall => ({
  id: uuidv7(),
  at: Date.now(),
  model: 'churn',
  version: 1,
  threshold: 0.4,
  kind: 'answer',
  experiment: null,
  arm: null,
  unitKeys: ['7590-VHVEG'],
  probabilities: [0.25],
  labels: ['No'],
  features: null,
  ...changes,
});

const exposed = (unit: string, arm: string, at: number): PredictedCall =>
  call({ unitKeys: [unit], experiment: 'ab', arm, at });

const spoolIn = (folder: string, changes: Partial<SpoolOptions> = {}) => {
  const { logger, lines } = collectLogs();
  const spool = createSpool({
    folder: join(folder, 'p1'),
    fsync: 'never',
    maximumBytes: 1 << 30,
    logger,
    ...changes,
  });
  return { spool, lines };
};

async function storedIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.seg')).toSorted();
  const ids: string[] = [];
  for (const name of names) {
    const { payloads, rest } = decodeFrames(await readFile(join(folder, name)));
    assert.equal(rest, 'none');
    for (const payload of payloads) ids.push(...decodePredictions(payload).map(({ id }) => id));
  }
  return ids;
}

interface LogWorld extends TestDatabase {
  readonly home: string;
  readonly open: (changes?: Partial<PredictionLogOptions>) => ReturnType<typeof openSpool> & {
    readonly lines: ReturnType<typeof collectLogs>['lines'];
  };
  readonly count: (table: string) => Promise<number>;
}

const withLog = (test: (world: LogWorld) => Promise<void>): Promise<void> =>
  withDatabase((database, more) =>
    withTemporaryFolder(async home => {
      await registerSamples(database, 3);
      await test({
        ...more,
        home,
        open: (changes = {}) => {
          const { logger, lines } = collectLogs();
          const log = openSpool({
            home,
            processId: 'p1',
            connectionString: more.url,
            fsync: 'never',
            maximumBytes: 1 << 30,
            retentionDays: 90,
            logger,
            ...changes,
          });
          return { ...log, lines };
        },
        count: async table => {
          const [{ count }] = await more.sql<{ count: number }>(
            `select count(*)::integer as count from ${table}`,
          );
          return count;
        },
      });
    }),
  );

describe('the spool', () => {
  it('reads back whole frames, wherever a killed writer or a spoiled disk left the end', () => {
    const payloads = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(payloads, fc.nat(), fc.nat(), (texts, cutAt, flipAt) => {
        const written = texts.map(text => text.toWellFormed());
        const frames = written.map(encodeFrame);
        const whole = Buffer.concat(frames);
        assert.deepEqual(decodeFrames(whole), { payloads: written, bytesRead: whole.length, rest: 'none' });
        const cut = cutAt % whole.length;
        const torn = decodeFrames(whole.subarray(0, cut));
        assert.deepEqual(torn.payloads, written.slice(0, torn.payloads.length));
        assert.equal(torn.rest, torn.bytesRead === cut ? 'none' : 'torn');
        const flipped = Buffer.from(whole);
        flipped[flipAt % whole.length] ^= 1 + (flipAt % 255);
        const damaged = decodeFrames(flipped);
        assert.ok(damaged.payloads.length < written.length, 'a flipped bit went unseen');
        assert.deepEqual(damaged.payloads, written.slice(0, damaged.payloads.length));
        assert.notEqual(damaged.rest, 'none');
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('has in its files what it acknowledged, by every policy, in several segments', async () => {
    for (const fsync of ['always', 'never', 5] as const)
      await withTemporaryFolder(async folder => {
        const { spool } = spoolIn(folder, { fsync, segmentBytes: 2000 });
        const calls = Array.from({ length: 50 }, () => call());
        const kept: string[] = [];
        for (const each of calls) if (await spool.append(each)) kept.push(each.id);
        // At once: they are one frame.
        const together = Array.from({ length: 20 }, () => call());
        const answers = await Promise.all(together.map(each => spool.append(each)));
        assert.ok(answers.every(Boolean));
        const ids = [...kept, ...together.map(({ id }) => id)];
        assert.deepEqual(await storedIn(spool.folder), ids, String(fsync));
        assert.ok(spool.segments().length > 3);
        await spool.close(false);
        assert.deepEqual(await storedIn(spool.folder), ids);
      });
  });

  it('counts and says what it cannot keep, goes on, and keeps again when there is room', () =>
    withTemporaryFolder(async folder => {
      const { spool, lines } = spoolIn(folder, { maximumBytes: 3000, segmentBytes: 1000 });
      const kept: boolean[] = [];
      for (let n = 0; n < 30; n++)
        kept.push(
          await spool.append(call({ probabilities: [0.1, 0.2], unitKeys: ['a', 'b'], labels: ['No', 'No'] })),
        );
      const lost = kept.filter(each => !each).length;
      assert.ok(lost > 0 && lost < 30, String(lost));
      assert.equal(spool.unkept(), 2 * lost);
      assert.equal((await storedIn(spool.folder)).length, 2 * (30 - lost));
      assert.equal(
        lines.filter(({ msg }) => msg.startsWith('Predictions are answered but not kept')).length,
        1,
      );
      const [first] = spool.segments();
      spool.remove(first);
      assert.equal(await spool.append(call()), true);
      assert.ok(lines.some(({ msg }) => msg === 'Predictions are kept again.'));
      await spool.close(true);
    }));

  it('goes on where its folder cannot be written, and says why', () =>
    withTemporaryFolder(async folder => {
      const { spool, lines } = spoolIn(folder, { segmentBytes: 1 });
      assert.equal(await spool.append(call()), true);
      // The next segment's name is taken: as good as any refusal of the system.
      await writeFile(join(spool.folder, '00000002.seg'), '');
      assert.equal(await spool.append(call()), false);
      assert.equal(spool.unkept(), 1);
      assert.ok(lines.some(({ reason }) => String(reason).includes('EEXIST')));
      assert.equal(await spool.append(call()), true);
      await spool.close(true);
    }));

  it('is shipped: predictions, one exposure a unit, production rows; twice is once', () =>
    withLog(async ({ open, count, sql, home }) => {
      const log = open();
      const now = Date.now();
      const features = { tenure: 5, note: 'a\tb\\c\nd\0e', nothing: null };
      const calls = [
        call({ probabilities: [0.1, 0.9], labels: ['No', 'Yes'], unitKeys: ['a', null] }),
        exposed('u', 'B', now),
        exposed('u', 'A', now - 1000),
        exposed('u', 'B', now + 1000),
        exposed('Zoë\t\\N', 'B', now),
        call({ kind: 'fallback', experiment: 'ab', arm: 'B', unitKeys: ['f'] }),
        call({ kind: 'override', experiment: 'ab', arm: 'B', unitKeys: ['o'] }),
        call({ kind: 'shadow', experiment: 'ab', arm: 'S', unitKeys: ['u'] }),
        call({ unitKeys: ['s'], features }),
        call({ at: now - 40 * 86_400_000 }),
      ];
      for (const each of calls) assert.equal(await log.append(each), true);
      await cp(join(home, 'spool', 'p1'), join(home, 'copy'), { recursive: true });
      await waitUntil('everything is shipped', () => log.pendingBytes() === 0);
      const state = async () =>
        sql(`select (select json_agg(p order by id, instance) from prediction p) as predictions,
          (select json_agg(e order by unit_key) from exposure e) as exposures, (select json_agg(r) from production_row r) as rows`);
      assert.equal(await count('prediction'), 11);
      const exposures = await sql(`select unit_key, arm, prediction_id from exposure order by unit_key`);
      assert.deepEqual(exposures, [
        { unit_key: 'Zoë\t\\N', arm: 'B', prediction_id: calls[4].id },
        { unit_key: 'u', arm: 'A', prediction_id: calls[2].id },
      ]);
      const [row] = await sql<{ features: object; unit_key: string }>(
        `select features, unit_key from production_row`,
      );
      assert.deepEqual(row, { features: { ...features, note: 'a\tb\\c\nd\uFFFDe' }, unit_key: 's' });
      const before = await state();
      await log.close();
      assert.deepEqual(await readdir(join(home, 'spool')), []);
      // A process that died after PostgreSQL had committed and before it forgot.
      await cp(join(home, 'copy'), join(home, 'spool', 'dead'), { recursive: true });
      await writeFile(
        join(home, 'spool', 'dead', 'owner.json'),
        (await readFile(join(home, 'copy', 'owner.json'), 'utf8')).replace(
          /"startTime":"[^"]*"/,
          '"startTime":"long ago"',
        ),
      );
      const second = open({ processId: 'p2' });
      await waitUntil(
        'the orphan is gone',
        async () => !(await readdir(join(home, 'spool'))).includes('dead') && second.pendingBytes() === 0,
      );
      await second.close();
      assert.deepEqual(await state(), before);
      assert.deepEqual(await readdir(join(home, 'spool')), []);
    }));

  it('waits on disk while PostgreSQL is away, and is shipped when it is back', () =>
    withLog(({ url, open, count }) =>
      withCuttableProxy(url, async proxy => {
        const log = open({ connectionString: proxy.url });
        assert.equal(await log.append(call()), true);
        await waitUntil('the first is shipped', () => log.pendingBytes() === 0);
        await proxy.cut();
        for (let n = 0; n < 100; n++) assert.equal(await log.append(call()), true);
        await waitUntil('it is said', () =>
          log.lines.some(({ msg }) => msg.startsWith('Predictions cannot be shipped')),
        );
        assert.ok(log.pendingBytes() > 10_000);
        await proxy.restore();
        await waitUntil('the rest is shipped', () => log.pendingBytes() === 0);
        assert.equal(await count('prediction'), 101);
        await log.close();
      }),
    ));

  it('is adopted by exactly one survivor, torn tail and all, and what is damaged is set aside', () =>
    withLog(async ({ home, open, count }) => {
      const away = 'postgres://nobody@127.0.0.1:1/none';
      const dying = open({ connectionString: away, processId: 'dying' });
      const calls = Array.from({ length: 10 }, () => call());
      for (const each of calls) await dying.append(each);
      await dying.close();
      const folder = join(home, 'spool', 'dying');
      const segment = join(folder, '00000001.seg');
      const kept = await readFile(segment);
      // Killed in the middle of a write; and before that, another whose disk lost a bit of its last frame.
      await appendFile(segment, encodeFrame('half of this').subarray(0, 11));
      const damaged = Buffer.from(kept);
      damaged[damaged.length - 5] ^= 4;
      await writeFile(join(folder, '00000000.seg'), damaged);
      const owner = join(folder, 'owner.json');
      assert.equal(createDeathWatch()(folder), false, 'its process lives: it is this one');
      await writeFile(
        owner,
        (await readFile(owner, 'utf8')).replace(/"startTime":"[^"]*"/, '"startTime":"long ago"'),
      );
      const survivors = ['p1', 'p2', 'p3'].map(processId => open({ processId }));
      await waitUntil('it is shipped', async () => (await count('prediction')) === 10);
      await waitUntil('nothing waits', () => survivors.every(log => log.pendingBytes() === 0));
      const said = survivors.map(
        ({ lines }) => lines.filter(({ msg }) => msg.startsWith('The spools of processes')).length,
      );
      assert.equal(
        said.reduce((sum, each) => sum + each, 0),
        1,
      );
      const lines = survivors.flatMap(log => log.lines);
      assert.ok(lines.some(({ msg }) => msg.startsWith('What a killed process had half written')));
      assert.ok(lines.some(({ msg }) => msg.startsWith('A segment of the spool is damaged')));
      assert.deepEqual(await readdir(join(home, 'quarantine', 'spool')), ['dying-00000000.seg']);
      await Promise.all(survivors.map(log => log.close()));
      assert.deepEqual(await readdir(join(home, 'spool')), []);
    }));

  it('sets aside alone what PostgreSQL refuses', () =>
    withLog(async ({ home, open, count }) => {
      const log = open();
      const calls = Array.from({ length: 9 }, (_, n) => call({ unitKeys: [`u${n}`] }));
      // A version that the registry does not have cannot be a unit's exposure.
      const bad = call({ version: 99, experiment: 'ab', arm: 'A' });
      await Promise.all([...calls.slice(0, 5), bad, ...calls.slice(5)].map(each => log.append(each)));
      await waitUntil('it is shipped', () => log.pendingBytes() === 0);
      assert.equal(await count('prediction'), 9);
      const aside = (await readFile(join(home, 'quarantine', 'spool', 'predictions.jsonl'), 'utf8'))
        .trim()
        .split('\n');
      assert.deepEqual(
        aside.map(line => JSON.parse(line).id),
        [bad.id],
      );
      await log.close();
    }));

  it('knows the dead of another machine only by their silence, on its own clock', () =>
    withTemporaryFolder(async folder => {
      const { spool } = spoolIn(folder);
      const owner = join(spool.folder, 'owner.json');
      await writeFile(owner, JSON.stringify({ host: 'elsewhere', pid: 1, startTime: 'x' }));
      let now = 0;
      const isDead = createDeathWatch(() => now);
      assert.equal(isDead(spool.folder), false);
      now = 80_000;
      assert.equal(isDead(spool.folder), false);
      now = 91_000;
      assert.equal(isDead(spool.folder), true);
      const other = createDeathWatch(() => now);
      assert.equal(other(spool.folder), false);
      await writeFile(owner, JSON.stringify({ host: 'elsewhere', pid: 1, startTime: 'x' }));
      await truncate(owner, 3);
      now += 91_000;
      assert.equal(other(spool.folder), false, 'it was renewed');
      assert.deepEqual(adoptOrphans(folder, join(folder, 'p2'), other), []);
      await spool.close(true);
    }));

  it('removes the days that are over, and keeps production rows', () =>
    withLog(async ({ open, sql, count }) => {
      const log = open({ retentionDays: 30 });
      const old = Date.now() - 60 * 86_400_000;
      await log.append(exposed('old', 'A', old));
      await log.append(call({ at: old, features: { tenure: 1 } }));
      await log.append(exposed('new', 'A', Date.now()));
      await waitUntil('it is shipped', () => log.pendingBytes() === 0);
      await log.close();
      const again = open({ processId: 'p2', retentionDays: 30 });
      await waitUntil('the old day is gone', async () => (await count('prediction')) === 1);
      await again.close();
      assert.deepEqual(await sql(`select unit_key from exposure`), [{ unit_key: 'new' }]);
      assert.equal(await count('production_row'), 1);
      const partitions = await sql<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'prediction'::regclass order by 1`,
      );
      assert.equal(partitions.length, 4, JSON.stringify(partitions));
    }));

  it('encodes a call so that it is read back as it was', () => {
    const given = call({
      probabilities: [0.1, 0.25],
      unitKeys: [null, 'ü'],
      labels: ['No', 'Yes'],
      features: { a: 1 },
    });
    const rows = decodePredictions(encodeCalls([given]));
    assert.deepEqual(
      rows.map(({ instance, unitKey, probability, label }) => [instance, unitKey, probability, label]),
      [
        [0, null, 0.1, 'No'],
        [1, 'ü', 0.25, 'Yes'],
      ],
    );
    assert.throws(() => decodePredictions('[2,[]]'), /format 2/);
  });
});
