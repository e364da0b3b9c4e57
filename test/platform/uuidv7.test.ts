import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { uuidv7 } from '../../platform/uuidv7.ts';

const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

describe('uuidv7', () => {
  it('is a UUID of version 7 and variant 10 that holds the time', () => {
    const nowMs = Date.now() + 60_000;
    const id = uuidv7(nowMs);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(timeOf(id), nowMs);
  });

  it('grows from one to the next, also within a millisecond and when the clock is set back', () => {
    const begunMs = Date.now() + 120_000;
    const ids = Array.from({ length: 20_000 }, (_, index) => uuidv7(begunMs - (index % 3) * 1000));
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, ids.length);
    // More in one millisecond than the counter holds take from the next ones.
    assert.ok(timeOf(ids[19_999]) > begunMs && timeOf(ids[19_999]) < begunMs + 20);
  });

  it('has random ends', () => {
    const ends = Array.from({ length: 2000 }, () => uuidv7().slice(-16));
    assert.equal(new Set(ends).size, ends.length);
    const ones = ends.map(
      end =>
        BigInt(`0x${end.slice(4)}`)
          .toString(2)
          .replaceAll('0', '').length,
    );
    const mean = ones.reduce((sum, one) => sum + one, 0) / ones.length;
    assert.ok(mean > 23.5 && mean < 24.5, `${mean} of 48 bits are set`);
  });
});
