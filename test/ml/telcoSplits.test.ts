import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { readGolden } from '../support/readGolden.ts';
import { telcoSplitSeeds, telcoSplits, telcoTable } from '../support/telcoTable.ts';

describe('the five Telco splits', () => {
  it('are those that the golden figures were made on', function () {
    const table = telcoTable(this);
    const golden = readGolden(
      'telcoSplits',
      z.object({
        rows: z.number(),
        splits: z.array(z.object({ seed: z.number(), holdout: z.string() })),
      }),
    );
    assert.equal(table.rowCount, golden.rows);
    assert.equal(golden.splits.length, telcoSplitSeeds.length);
    for (const [index, { holdout, train, foldOf }] of telcoSplits(table).entries()) {
      const bits = Buffer.from(golden.splits[index].holdout, 'base64');
      const rows = [...Array(golden.rows).keys()].filter(row => (bits[row >> 3] & (0x80 >> (row & 7))) !== 0);
      assert.deepEqual([...holdout], rows);
      assert.deepEqual([train.length, holdout.length, foldOf.length], [5634, 1409, 5634]);
      assert.equal(golden.splits[index].seed, telcoSplitSeeds[index]);
    }
  });

  it('read eleven blank TotalCharges as missing and nothing else', function () {
    const table = telcoTable(this);
    const missing = table.columns.map(column => [
      column.name,
      column.kind === 'number'
        ? column.values.filter(value => Number.isNaN(value)).length
        : column.codes.filter(code => code === -1).length,
    ]);
    assert.deepEqual(
      missing.filter(([, count]) => count !== 0),
      [['TotalCharges', 11]],
    );
    assert.equal(
      table.labels.reduce((sum, label) => sum + label, 0),
      1869,
    );
  });
});
