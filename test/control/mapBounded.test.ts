import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { mapBounded } from '../../control/runs/mapBounded.ts';

describe('mapBounded', () => {
  it('answers in order, with so many under way and no more', async () => {
    let underWay = 0;
    let most = 0;
    const items = Array.from({ length: 50 }, (_, index) => index);
    const doubled = await mapBounded(items, 8, async item => {
      most = Math.max(most, ++underWay);
      await sleep((item * 7) % 5);
      underWay--;
      return 2 * item;
    });
    assert.deepEqual(
      doubled,
      items.map(item => 2 * item),
    );
    assert.equal(most, 8);
    assert.deepEqual(await mapBounded([], 8, async () => 1), []);
  });

  it('begins nothing after a failure', async () => {
    const begun: number[] = [];
    await assert.rejects(
      mapBounded([0, 1, 2, 3, 4, 5], 2, async item => {
        begun.push(item);
        await sleep(item === 0 ? 5 : 1);
        if (item === 1) throw new Error('item 1');
        return item;
      }),
      /^Error: item 1$/,
    );
    await sleep(20);
    assert.deepEqual(begun, [0, 1]);
  });
});
