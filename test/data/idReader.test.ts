import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createIdReader } from '../../activities/data/createIdReader.ts';
import { unitHasher } from '../../ml/dataset/unitHasher.ts';

const hash = unitHasher('any');

describe('createIdReader', () => {
  const texts = fc.array(
    fc.oneof(
      fc.constantFrom('', ' ', 'a', 'b', 'ab', ' a ', 'A', 'Größe', 'größe'),
      fc.string({ unit: 'binary', maxLength: 4 }).map(text => text.toWellFormed()),
      fc.nat(30).map(length => 'x'.repeat(100 * length)),
    ),
    { maxLength: 60 },
  );
  for (const [name, hashOf] of [
    ['by their hashes', hash],
    ['whose hashes are all the same', () => 0xffffffff],
  ] as const)
    it(`tells ids apart, ${name}, as a map of texts does`, () => {
      fc.assert(
        fc.property(texts, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (list, taken) => {
          const reader = createIdReader('id', hashOf);
          const rows = new Map<string, number>();
          for (const [index, text] of list.entries()) {
            const id = text.trim();
            const first = rows.get(id);
            const fault = reader.read(text);
            if (id === '') assert.equal(fault?.kind, 'missing');
            else if (first === undefined) assert.equal(fault, null);
            else assert.deepEqual(fault, { kind: 'duplicate', rule: `expected once, first in row ${first}` });
            // A row with a fault elsewhere is not kept: its id may come again.
            if (fault !== null || !taken[index]) continue;
            reader.keep(index + 1);
            rows.set(id, index + 1);
          }
          assert.deepEqual(reader.finish(), Uint32Array.from(rows.keys(), hashOf));
        }),
      );
    });

  it('finds each of many again', () => {
    const reader = createIdReader('id', hash);
    const count = 30_000;
    for (let row = 1; row <= count; row++) {
      assert.equal(reader.read(`customer ${row}`), null);
      reader.keep(row);
    }
    for (let row = 1; row <= count; row += 7)
      assert.equal(reader.read(` customer ${row}`)?.rule, `expected once, first in row ${row}`);
    assert.equal(reader.read(`customer ${count + 1}`), null);
  });
});
