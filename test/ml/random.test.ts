import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import { assertClose } from '../support/assertClose.ts';

/** sfc32 in whole numbers of any size: the naive twin. */
function* naiveBits(seed: number): Generator<number> {
  const mask = 0xffff_ffffn;
  let [a, b, c, counter] = [0x9e3779b9n, 0x243f6a88n, BigInt(seed), 1n];
  for (let drawn = 0; ; drawn++) {
    const sum = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c * 9n) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
    if (drawn >= 16) yield Number(sum);
  }
}

/** FNV-1a in whole numbers of any size. */
function naiveHash(text: string): number {
  let hash = 0x811c9dc5n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffff_ffffn;
  return Number(hash);
}

describe('createRandom', () => {
  for (const seed of [0, 1, 20_261_123, 0x8000_0000, 0xffff_ffff])
    it(`draws sfc32's bits for seed ${seed}`, () => {
      const random = createRandom(seed);
      const naive = naiveBits(seed);
      for (let draw = 0; draw < 2000; draw++)
        assert.equal(random.next() * 2 ** 32, naive.next().value, `draw ${draw}`);
    });

  it('draws whole numbers evenly below a limit', () => {
    const random = createRandom(4);
    const counts = new Int32Array(10);
    for (let draw = 0; draw < 100_000; draw++) counts[random.below(10)] += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 9 degrees of freedom: 27.9 is passed once in a thousand seeds, and this seed is fixed.
    assert.ok(chiSquare < 27.9, `chi square ${chiSquare}`);
    assert.equal(random.below(1), 0);
  });

  it('draws normals with the moments of the normal', () => {
    const random = createRandom(5);
    const draws = Array.from({ length: 100_000 }, () => random.normal());
    const moment = (power: number): number =>
      draws.reduce((sum, value) => sum + value ** power, 0) / draws.length;
    // Five standard errors of each moment.
    assertClose(moment(1), 0, 0.016, 'mean');
    assertClose(moment(2), 1, 0.023, 'variance');
    assertClose(moment(3), 0, 0.062, 'skewness');
    assertClose(moment(4), 3, 0.16, 'kurtosis');
  });

  it('shuffles in place into every order equally often', () => {
    const random = createRandom(6);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 24_000; draw++) {
      const list = [1, 2, 3, 4];
      assert.equal(random.shuffle(list), list);
      counts.set(list.join(), (counts.get(list.join()) ?? 0) + 1);
    }
    assert.equal(counts.size, 24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 23 degrees of freedom, one in a thousand.
    assert.ok(chiSquare < 49.7, `chi square ${chiSquare}`);
  });
});

describe('deriveSeed', () => {
  it('is FNV-1a over the seed and the purpose', () => {
    assert.equal(deriveSeed(1), naiveHash('1/'));
    assert.equal(deriveSeed(7, 'fold', 3), naiveHash('7/fold/3'));
    assert.equal(deriveSeed(-1, 'class'), naiveHash('4294967295/class'));
  });

  it('tells seeds and purposes apart', () => {
    const seeds = [1, 2, 3].flatMap(seed =>
      ['smote', 'forest', 'fold'].flatMap(purpose =>
        [0, 1, 2, 10, 11].map(number => deriveSeed(seed, purpose, number)),
      ),
    );
    assert.equal(new Set(seeds).size, seeds.length);
  });
});
