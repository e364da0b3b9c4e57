import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Measured } from '../../bench/Measured.ts';
import { measureInRounds } from '../../bench/measureInRounds.ts';

// Slices with figures that are known.

const slice = (callsPerSecond: number, p99Ms: number): Measured => ({
  calls: callsPerSecond,
  failed: 0,
  firstFailure: '',
  seconds: 1,
  callsPerSecond,
  serverMicroseconds: 50,
  p50Ms: p99Ms / 2,
  p95Ms: p99Ms,
  p99Ms,
  megabytesBefore: 100,
  serverMegabytes: 100,
  besideRowsPerSecond: 0,
  swapsMs: [],
});

describe('measureInRounds', () => {
  it('compares within a round, so that a machine that slows down for all changes no ratio', async () => {
    const order: string[] = [];
    // The second round is ten times slower for both, the third twice.
    const slowness = [1, 10, 2];
    const sides = [['first', 1000] as const, ['half', 500] as const].map(([side, rate]) => ({
      side,
      measure: async (round: number) => {
        order.push(`${side} ${round}`);
        return slice(rate / slowness[round], (8 * slowness[round] * 1000) / rate);
      },
    }));
    const [first, half] = await measureInRounds(sides, 3, () => undefined);
    assert.deepEqual(order, ['first 0', 'half 0', 'half 1', 'first 1', 'first 2', 'half 2']);
    assert.equal(first.toFirst, null);
    assert.deepEqual(half.toFirst?.rate, { median: 0.5, lower: 0.5, upper: 0.5 });
    assert.deepEqual(half.toFirst?.p99, { median: 2, lower: 2, upper: 2 });
    assert.deepEqual(half.toFirst?.p99AddedMs, { median: 16, lower: 12, upper: 48 });
    assert.equal(half.measured.callsPerSecond, 250);
    assert.equal(half.measured.calls, 800);
    assert.equal(half.rounds.length, 3);
  });

  it('adds up failures, and says how the first call failed', async () => {
    const said: string[] = [];
    const [line] = await measureInRounds(
      [
        {
          side: 'one',
          measure: async round => ({
            ...slice(10, 1),
            failed: round,
            firstFailure: round > 0 ? `14 ${round}` : '',
          }),
        },
      ],
      3,
      text => said.push(text),
    );
    assert.equal(line.measured.failed, 3);
    assert.equal(line.measured.firstFailure, '14 1');
    assert.ok(
      said.some(text => text.includes('3 calls failed: 14 1')),
      said.join('; '),
    );
  });
});
