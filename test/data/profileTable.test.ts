import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { profileTable } from '../../ml/dataset/profileTable.ts';
import { assertClose } from '../support/assertClose.ts';

describe('profileTable', () => {
  it('answers what a hand counts', () => {
    const profile = profileTable({
      rowCount: 5,
      columns: [
        { kind: 'number', name: 'x', values: new Float32Array([10, 1, Number.NaN, 2, 2]) },
        { kind: 'number', name: 'none', values: new Float32Array(5).fill(Number.NaN) },
        {
          kind: 'category',
          name: 'c',
          levels: ['a', 'b', 'unused'],
          codes: new Int32Array([1, 0, 1, -1, 1]),
        },
      ],
      labels: new Uint8Array([1, 0, 0, 1, 0]),
    });
    const [x, none, c] = profile.columns;
    assert.deepEqual(profile.label, { positives: 2, rate: 0.4 });
    // Sorted 1 2 2 10, mean 15/4; squares 7.5625 + 2 × 3.0625 + 39.0625 = 52.75; quantiles as numpy.quantile gives them.
    assert.ok(x.kind === 'number' && x.quantiles !== null);
    const { quantiles, ...rest } = x;
    assert.deepEqual(rest, {
      kind: 'number',
      name: 'x',
      count: 4,
      missing: 1,
      distinct: 3,
      min: 1,
      max: 10,
      mean: 3.75,
      sd: Math.sqrt(52.75 / 3),
    });
    const expected = { p1: 1.03, p5: 1.15, p25: 1.75, p50: 2, p75: 4, p95: 8.8, p99: 9.76 };
    assert.deepEqual(Object.keys(quantiles), Object.keys(expected));
    // The last digit of float64 depends on the order of the interpolation's operations.
    Object.values(quantiles).forEach((value, index) => {
      assertClose(value, Object.values(expected)[index], 1e-12, Object.keys(expected)[index]);
    });
    assert.deepEqual(none, {
      kind: 'number',
      name: 'none',
      count: 0,
      missing: 5,
      distinct: 0,
      min: null,
      max: null,
      mean: null,
      sd: null,
      quantiles: null,
    });
    assert.deepEqual(c, {
      kind: 'category',
      name: 'c',
      count: 4,
      missing: 1,
      distinct: 2,
      levels: [
        { level: 'b', count: 3 },
        { level: 'a', count: 1 },
      ],
    });
  });

  it('says from when to when the rows are', () => {
    const table = { rowCount: 3, columns: [], labels: new Uint8Array(3) };
    const times = Float64Array.of(Date.UTC(2025, 0, 2), Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 2));
    assert.deepEqual(profileTable({ ...table, eventTime: { column: 'since', times } }).eventTime, {
      column: 'since',
      distinct: 2,
      earliest: '2024-01-01T00:00:00.000Z',
      latest: '2025-01-02T00:00:00.000Z',
    });
    assert.equal('eventTime' in profileTable(table), false);
  });

  it('lists the fifty most frequent levels, in code-unit order among equals', () => {
    const levels = Array.from({ length: 60 }, (_, code) => `level ${String(code).padStart(2, '0')}`);
    const codes = Int32Array.from([...levels.keys(), 59, 59, 58]);
    const profile = profileTable({
      rowCount: codes.length,
      columns: [{ kind: 'category', name: 'c', levels, codes }],
      labels: new Uint8Array(codes.length),
    });
    const [column] = profile.columns;
    assert.ok(column.kind === 'category');
    assert.equal(column.distinct, 60);
    assert.deepEqual(
      column.levels.map(({ level }) => level),
      ['level 59', 'level 58', ...levels.slice(0, 48)],
    );
  });
});
