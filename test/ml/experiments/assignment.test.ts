import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { allocateBuckets, type ArmWeight, countBuckets } from '../../../ml/experiments/allocateBuckets.ts';
import { BUCKETS, bucketOf, saltSeed } from '../../../ml/experiments/bucketOf.ts';
import { createAssignment } from '../../../ml/experiments/createAssignment.ts';
import { murmur3 } from '../../../ml/experiments/murmur3.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { requirePeer } from '../../peers/requirePeer.ts';

// Assignment against its published vectors (another hand's MurmurHash3), and what an experiment may rely on: nothing moves by
// itself, a changed weight moves the fewest, the split is the weights', and an A/A experiment finds nothing.

const goldenFile = 'test/golden/assignment.json';
const golden = z
  .array(z.object({ salt: z.string(), unit: z.string(), bucket: z.number() }))
  .parse(JSON.parse(readFileSync(goldenFile, 'utf8')));

const weights = (...shares: readonly number[]): ArmWeight[] =>
  shares.map((weight, place) => ({ arm: String.fromCharCode(65 + place), weight }));

/** One to six arms whose weights sum to the buckets. */
const drawnWeights = (arms: number): fc.Arbitrary<ArmWeight[]> =>
  fc
    .array(fc.integer({ min: 0, max: BUCKETS }), { minLength: arms - 1, maxLength: arms - 1 })
    .map(cuts => [0, ...cuts.toSorted((one, other) => one - other), BUCKETS])
    .map(borders => weights(...borders.slice(1).map((border, place) => border - borders[place])));

const ownersOf = (ranges: ReturnType<typeof allocateBuckets>): string[] =>
  ranges.flatMap(({ arm, from, to }) => Array.from({ length: to - from }, () => arm));

/** χ² of how many units fell into each of `cells`, where `expected` are awaited in each. */
const chiSquare = (observed: readonly number[], expected: readonly number[]): number =>
  observed.reduce((sum, count, cell) => sum + (count - expected[cell]) ** 2 / expected[cell], 0);

/** Wilson and Hilferty's normal approximation: the χ² that chance exceeds once in a thousand. */
const criticalChiSquare = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 3.0902 * Math.sqrt(2 / (9 * freedom))) ** 3;

describe('the assignment of units', () => {
  it('is murmur3 by its known answers', () => {
    // Of the reference implementation's authors and of other hands, as its users publish them.
    for (const [text, seed, hash] of [
      ['', 0, 0],
      ['', 1, 0x514e28b7],
      ['', 0xffffffff, 0x81f16f39],
      ['test', 0, 0xba6bd213],
      ['test', 0x9747b28c, 0x704b81dc],
      ['Hello, world!', 0, 0xc0363e43],
      ['Hello, world!', 0x9747b28c, 0x24884cba],
      ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
      ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ] as const)
      assert.equal(murmur3(text, seed), hash, JSON.stringify([text, seed]));
  });

  it('gives the published vectors', () => {
    assert.ok(golden.length >= 400);
    for (const { salt, unit, bucket } of golden)
      assert.equal(bucketOf(saltSeed(salt), unit), bucket, JSON.stringify([salt, unit]));
  });

  it('whose vectors are those of mmh3, another implementation', function () {
    const python = requirePeer(this, 'python');
    const checking = ['test/golden/make_golden_assignment.py', '--check', goldenFile];
    assert.equal(execFileSync(python, checking, { encoding: 'utf8' }).trim(), '[]');
  });

  it('is what docs/assignment.md shows', () => {
    const page = readFileSync('docs/assignment.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([^`]*)` \| `([^`]*)` \| (\d+) \|$/gm)];
    assert.ok(rows.length >= 8);
    for (const [, salt, unit, bucket] of rows)
      assert.ok(
        golden.some(
          vector => vector.salt === salt && vector.unit === unit && vector.bucket === Number(bucket),
        ),
        `${salt} ${unit} ${bucket}`,
      );
  });

  it('takes any text: a long key, and half of a surrogate pair as U+FFFD', () => {
    const seed = saltSeed('any');
    assert.equal(bucketOf(seed, 'x\uD800y'), bucketOf(seed, 'x\uFFFDy'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), key => {
        const bucket = bucketOf(seed, key);
        assert.ok(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS);
        assert.equal(bucketOf(seed, Buffer.from(key).toString()), bucket);
      }),
      { seed: 1 },
    );
  });

  it('covers every bucket once by the weights, and a change moves as many as it must and no other', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain(arms => fc.array(drawnWeights(arms), { minLength: 2, maxLength: 5 })),
        steps => {
          let ranges = allocateBuckets([], steps[0]);
          for (const [step, next] of steps.entries()) {
            const before = ownersOf(ranges);
            const had = countBuckets(ranges);
            ranges = allocateBuckets(ranges, next);
            const now = ownersOf(ranges);
            assert.equal(now.length, BUCKETS);
            const has = countBuckets(ranges);
            for (const { arm, weight } of next) assert.equal(has.get(arm) ?? 0, weight);
            const moved = now.flatMap((arm, bucket) =>
              arm === before[bucket] ? [] : [[before[bucket], arm]],
            );
            const least = next.reduce(
              (sum, { arm, weight }) => sum + Math.max(0, (had.get(arm) ?? 0) - weight),
              0,
            );
            assert.equal(moved.length, least, `step ${step}`);
            for (const [from, to] of moved) {
              assert.ok((has.get(from) ?? 0) < (had.get(from) ?? 0), `${from} did not shrink`);
              assert.ok((has.get(to) ?? 0) > (had.get(to) ?? 0), `${to} did not grow`);
            }
          }
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('leaves an arm alone whose weight stays, where cumulative ranges would move it', () => {
    const before = allocateBuckets([], weights(5000, 3000, 2000));
    const after = allocateBuckets(before, weights(4000, 3000, 3000));
    assert.deepEqual(
      after.filter(({ arm }) => arm === 'B'),
      [{ arm: 'B', from: 5000, to: 8000 }],
    );
    assert.throws(() => allocateBuckets([], weights(5000, 3000)), /leave bucket 8000 to no arm/);
  });

  it('is the same for a million units in every process, however often it starts', async () => {
    const digests: string[] = [];
    for (let start = 0; start < 3; start++)
      for (const { stdout } of await Promise.all(
        [1, 2].map(() =>
          promisify(execFile)(process.execPath, ['test/ml/experiments/assignUnits.ts', '1000000']),
        ),
      ))
        digests.push(stdout);
    assert.match(digests[0], /^[0-9a-f]{64}$/);
    assert.deepEqual(digests, Array<string>(6).fill(digests[0]));
  });

  it('splits a million units by the weights (χ², p > .001), also within the arms', () => {
    const count = 1_000_000;
    const seed = saltSeed('split');
    const observed = Array<number>(BUCKETS).fill(0);
    for (let unit = 0; unit < count; unit++) observed[bucketOf(seed, `unit-${unit}`)]++;
    const perBucket = Array<number>(BUCKETS).fill(count / BUCKETS);
    assert.ok(chiSquare(observed, perBucket) < criticalChiSquare(BUCKETS - 1));
    const ranges = allocateBuckets([], weights(5000, 3000, 1999, 1));
    const inArm = ranges.map(({ from, to }) => observed.slice(from, to).reduce((a, b) => a + b, 0));
    const expected = ranges.map(({ from, to }) => ((to - from) * count) / BUCKETS);
    assert.ok(chiSquare(inArm, expected) < criticalChiSquare(ranges.length - 1), String(inArm));
  });

  it('of one experiment says nothing about another: arms of two salts are independent (χ², p > .001)', () => {
    const [one, other] = ['churn-1', 'churn-2'].map(saltSeed);
    const cells = Array<number>(100).fill(0);
    for (let unit = 0; unit < 200_000; unit++) {
      const [first, second] = [one, other].map(seed => Math.floor(bucketOf(seed, `${unit}`) / 1000));
      cells[10 * first + second]++;
    }
    assert.ok(chiSquare(cells, Array<number>(100).fill(2000)) < criticalChiSquare(99));
  });

  it('finds nothing in 1,000 A/A experiments beyond the nominal rate + 3 σ', () => {
    const random = createRandom(11);
    const units = 2000;
    const churned = Uint8Array.from({ length: units }, () => (random.next() < 0.27 ? 1 : 0));
    const half = allocateBuckets([], weights(5000, 5000));
    let found = 0;
    for (let experiment = 0; experiment < 1000; experiment++) {
      const assign = createAssignment(`aa-${experiment}`, half);
      const [n, k] = [
        [0, 0],
        [0, 0],
      ];
      for (let unit = 0; unit < units; unit++) {
        const arm = assign(`customer-${unit}`) === 'A' ? 0 : 1;
        n[arm]++;
        k[arm] += churned[unit];
      }
      const pooled = (k[0] + k[1]) / units;
      const z = (k[0] / n[0] - k[1] / n[1]) / Math.sqrt(pooled * (1 - pooled) * (1 / n[0] + 1 / n[1]));
      if (Math.abs(z) > 1.96) found++;
    }
    assert.ok(found <= 50 + 3 * Math.sqrt(1000 * 0.05 * 0.95), `${found} of 1000`);
    assert.ok(found >= 50 - 3 * Math.sqrt(1000 * 0.05 * 0.95), `${found} of 1000: too even to be chance`);
  });
});
