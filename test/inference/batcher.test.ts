import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { type BatcherOptions, createBatcher, type Part } from '../../inference/createBatcher.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { waitUntil } from '../support/waitUntil.ts';

// The batcher over a run that the test holds in its hands: a work is the number that its first row is to answer with, the
// next row with one more, and so on.

const forever = { cancelled: false, deadline: Infinity };
const options: BatcherOptions = { maxBatchRows: 8, maxQueueDelayUs: 0, maxQueueRows: 100, maxRunMs: 1e9 };

const valuesOf = (parts: readonly Part<number>[]): Float32Array =>
  Float32Array.from(
    parts.flatMap(({ work, from, to }) => Array.from({ length: to - from }, (_, row) => work + from + row)),
  );
const expected = (work: number, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) => work + row);

/** A batcher whose runs wait until they are let go. */
function held(given: Partial<BatcherOptions> = {}) {
  const runs: { readonly parts: readonly Part<number>[]; readonly go: (error?: Error) => void }[] = [];
  const batcher = createBatcher<number>(
    async parts => {
      const gate = Promise.withResolvers<void>();
      runs.push({ parts, go: error => (error === undefined ? gate.resolve() : gate.reject(error)) });
      await gate.promise;
      return valuesOf(parts);
    },
    { ...options, ...given },
  );
  const sizes = (): number[] =>
    runs.map(({ parts }) => parts.reduce((sum, { from, to }) => sum + to - from, 0));
  const nth = async (index: number) => {
    await waitUntil(`run ${index}`, async () => runs.length > index);
    return runs[index];
  };
  return { batcher, runs, sizes, nth };
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof HoldfastError ? error.code : String(error)),
  );

describe('the batcher', () => {
  it('runs at once what came together, and next what came during that run', async () => {
    const { batcher, sizes, nth } = held();
    const first = [10, 20].map(work => batcher.submit(work, 1, forever));
    const run = await nth(0);
    const later = [30, 40, 50].map(work => batcher.submit(work, 1, forever));
    assert.equal(batcher.rowsInside, 5);
    run.go();
    (await nth(1)).go();
    assert.deepEqual(
      (await Promise.all([...first, ...later])).map(values => [...values]),
      [[10], [20], [30], [40], [50]],
    );
    assert.deepEqual(sizes(), [2, 3]);
    assert.equal(batcher.rowsInside, 0);
  });

  it('counts rows: no run is larger than the bound, and a larger call takes several', async () => {
    const { batcher, sizes, nth } = held();
    const answers = [batcher.submit(1000, 20, forever), batcher.submit(2000, 2, forever)];
    for (let index = 0; index < 3; index++) (await nth(index)).go();
    assert.deepEqual(
      (await Promise.all(answers)).map(values => [...values]),
      [expected(1000, 20), expected(2000, 2)],
    );
    assert.ok(
      sizes().every(size => size <= 8),
      String(sizes()),
    );
    assert.equal(
      sizes().reduce((sum, size) => sum + size),
      22,
    );
  });

  it('takes small calls before large ones, which keep a quarter of each run, and large ones in turn', async () => {
    const { batcher, runs, nth } = held();
    const large = [1000, 2000].map(work => batcher.submit(work, 30, forever));
    const small = Array.from({ length: 12 }, (_, index) => batcher.submit(index, 1, forever));
    for (let index = 0; index < 9; index++) (await nth(index)).go();
    await Promise.all([...large, ...small]);
    const rowsOf = (index: number, isOf: (work: number) => boolean): number =>
      runs[index].parts.filter(({ work }) => isOf(work)).reduce((sum, { from, to }) => sum + to - from, 0);
    assert.deepEqual(
      [0, 1].map(index => rowsOf(index, work => work < 1000)),
      [6, 6],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map(index => rowsOf(index, work => work === 1000)),
      [2, 0, 8, 0],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map(index => rowsOf(index, work => work === 2000)),
      [0, 2, 0, 8],
    );
  });

  it('makes runs smaller where rows take long, so that none holds up the others for longer than it may', async () => {
    const sizes: number[] = [];
    const batcher = createBatcher<number>(
      async parts => {
        const values = valuesOf(parts);
        sizes.push(values.length);
        const until = performance.now() + values.length * 0.1;
        while (performance.now() < until);
        return values;
      },
      { ...options, maxBatchRows: 400, maxQueueRows: 10_000, maxRunMs: 10 },
    );
    assert.deepEqual([...(await batcher.submit(0, 2000, forever))], expected(0, 2000));
    assert.equal(sizes[0], 400);
    assert.ok(
      sizes.slice(1).every(size => size <= 101),
      String(sizes),
    );
  });

  it('waits for others as long as it may, and no longer once a run is full', async () => {
    const { batcher, sizes, nth } = held({ maxQueueDelayUs: 20_000 });
    const begun = performance.now();
    const one = batcher.submit(1, 1, forever);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    const two = batcher.submit(2, 1, forever);
    (await nth(0)).go();
    await Promise.all([one, two]);
    assert.ok(performance.now() - begun >= 19, 'it did not wait');
    const full = Array.from({ length: 8 }, (_, index) => batcher.submit(index, 1, forever));
    const last = batcher.submit(9, 1, forever);
    (await nth(1)).go();
    await Promise.all(full);
    (await nth(2)).go();
    await last;
    assert.deepEqual(sizes(), [2, 8, 1]);
  });

  it('refuses what would make the queue too long, and takes more once it is shorter', async () => {
    const { batcher, nth } = held({ maxQueueRows: 10 });
    // Alone it may be larger than the bound; nothing else may then wait.
    const large = batcher.submit(0, 40, forever);
    assert.equal(await codeOf(batcher.submit(1, 1, forever)), 'resourceExhausted');
    for (let index = 0; index < 4; index++) (await nth(index)).go();
    const ten = (await nth(4), Array.from({ length: 10 }, (_, index) => batcher.submit(index, 1, forever)));
    assert.equal(await codeOf(batcher.submit(1, 1, forever)), 'resourceExhausted');
    for (let index = 4; index < 7; index++) (await nth(index)).go();
    await Promise.all([large, ...ten]);
    const more = batcher.submit(5, 10, forever);
    for (let index = 7; index < 9; index++) (await nth(index)).go();
    assert.deepEqual([...(await more)], expected(5, 10));
  });

  it('runs nothing for a caller who went away or whose deadline passed, also between the parts of a large call', async () => {
    const { batcher, runs, nth } = held();
    const holding = batcher.submit(0, 1, forever);
    const run = await nth(0);
    const gone = { cancelled: false, deadline: Infinity };
    const calls = [
      batcher.submit(10, 1, gone),
      batcher.submit(20, 1, { cancelled: false, deadline: Date.now() - 1 }),
      batcher.submit(30, 1, forever),
    ].map(codeOf);
    gone.cancelled = true;
    run.go();
    (await nth(1)).go();
    assert.deepEqual(await Promise.all(calls), ['unavailable', 'deadlineExceeded', 'ok']);
    assert.deepEqual(
      runs[1].parts.map(({ work }) => work),
      [30],
    );
    await holding;
    const leaving = { cancelled: false, deadline: Infinity };
    const large = codeOf(batcher.submit(100, 50, leaving));
    const part = await nth(2);
    leaving.cancelled = true;
    part.go();
    assert.equal(await large, 'unavailable');
    assert.equal(runs.length, 3);
    assert.equal(batcher.rowsInside, 0);
  });

  it('fails whoever is at fault and nobody else; a run that fails for all fails every waiter', async () => {
    let breaking: readonly number[] = [666];
    const batcher = createBatcher<number>(async parts => {
      if (parts.some(({ work }) => breaking.includes(work))) throw new TypeError('this row breaks it');
      return valuesOf(parts);
    }, options);
    const mixed = [1, 666, 3].map(work => codeOf(batcher.submit(work, 2, forever)));
    assert.deepEqual(await Promise.all(mixed), ['ok', 'TypeError: this row breaks it', 'ok']);
    breaking = [1, 2, 3];
    const all = [1, 2, 3].map(work => codeOf(batcher.submit(work, 20, forever)));
    assert.deepEqual(new Set(await Promise.all(all)), new Set(['TypeError: this row breaks it']));
    assert.equal(batcher.rowsInside, 0);
    breaking = [];
    assert.deepEqual([...(await batcher.submit(7, 3, forever))], [7, 8, 9]);
  });

  it('takes a run that answers too little for one that failed', async () => {
    const batcher = createBatcher<number>(async () => new Float32Array(1), options);
    await assert.rejects(batcher.submit(0, 2, forever), /A run of 2 rows answered 1 values/);
  });

  it('gives each row its own answer, whatever comes when', async () => {
    const random = createRandom(11);
    const batcher = createBatcher<number>(
      async parts => {
        if (random.below(3) === 0) await nextTurn();
        return valuesOf(parts);
      },
      { ...options, maxQueueRows: 1e6 },
    );
    const calls: Promise<void>[] = [];
    for (let call = 0; call < 2000; call++) {
      const rows = random.below(10) === 0 ? 1 + random.below(60) : 1 + random.below(3);
      calls.push(
        batcher
          .submit(call * 100, rows, forever)
          .then(values => assert.deepEqual([...values], expected(call * 100, rows))),
      );
      if (random.below(5) === 0) await nextTurn();
    }
    await Promise.all(calls);
    assert.equal(batcher.rowsInside, 0);
  });
});
