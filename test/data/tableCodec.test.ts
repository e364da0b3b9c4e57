import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Table } from '../../ml/dataset/Table.ts';
import { decodeTable, encodeTable, tableChunks } from '../../ml/dataset/tableCodec.ts';

const table: Table = {
  rowCount: 3,
  columns: [
    { kind: 'number', name: 'tenure', values: new Float32Array([1, Number.NaN, -0.5]) },
    { kind: 'category', name: 'Ländername', levels: ['A', 'b', 'ü'], codes: new Int32Array([2, -1, 0]) },
    { kind: 'category', name: 'empty', levels: [], codes: new Int32Array([-1, -1, -1]) },
  ],
  labels: new Uint8Array([1, 0, 1]),
};

const tables = fc
  .record({ rowCount: fc.nat(40), kinds: fc.array(fc.constantFrom('number', 'category'), { maxLength: 6 }) })
  .chain(({ rowCount, kinds }) =>
    fc.record({
      columns: fc.tuple(
        ...kinds.map((kind, index) =>
          kind === 'number'
            ? fc.float32Array({ minLength: rowCount, maxLength: rowCount }).map(values => ({
                kind: 'number' as const,
                name: `column ${index}`,
                values,
              }))
            : fc
                .record({
                  levels: fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
                  codes: fc.array(fc.nat(9), { minLength: rowCount, maxLength: rowCount }),
                })
                .map(({ levels, codes }) => ({
                  kind: 'category' as const,
                  name: `column ${index}`,
                  levels: levels.sort(),
                  codes: Int32Array.from(codes, code => (code % (levels.length + 1)) - 1),
                })),
        ),
      ),
      labels: fc.uint8Array({ minLength: rowCount, maxLength: rowCount, max: 1 }),
      rowCount: fc.constant(rowCount),
    }),
  );

const withNaN = (values: Float32Array): Uint8Array =>
  encodeTable({
    rowCount: 1,
    columns: [{ kind: 'number', name: 'x', values }],
    labels: new Uint8Array(1),
  });

describe('tableCodec', () => {
  it("carries units' hashes, beside event times or without them", () => {
    const unitHashes = new Uint32Array([0, 0xffffffff, 7]);
    const eventTime = { column: 'since', times: new Float64Array([1.5, -8.64e15, 0]) };
    for (const whole of [
      { ...table, unitHashes },
      { ...table, unitHashes, eventTime },
    ]) {
      const bytes = encodeTable(whole);
      assert.deepEqual(decodeTable(bytes), whole);
      const moved = new Uint8Array(bytes.length + 2);
      moved.set(bytes, 2);
      assert.deepEqual(decodeTable(moved.subarray(2)), whole);
    }
    assert.throws(() => encodeTable({ ...table, unitHashes: new Uint32Array(2) }), /2 units for 3 rows/);
  });

  it('carries event times, which leave the bytes of a table without them as they were', () => {
    const eventTime = { column: 'since', times: new Float64Array([1.5, -8.64e15, 0]) };
    const bytes = encodeTable({ ...table, eventTime });
    assert.deepEqual(decodeTable(bytes), { ...table, eventTime });
    const moved = new Uint8Array(bytes.length + 4);
    moved.set(bytes, 4);
    assert.deepEqual(decodeTable(moved.subarray(4)).eventTime, eventTime);
    assert.doesNotMatch(Buffer.from(encodeTable(table)).toString('latin1'), /eventTime/);
    assert.throws(
      () =>
        encodeTable({ ...table, eventTime: { ...eventTime, times: new Float64Array([1, Number.NaN, 2]) } }),
      /event time "since" has NaN in row 2/,
    );
    assert.throws(
      () => encodeTable({ ...table, eventTime: { ...eventTime, times: new Float64Array(2) } }),
      /has 2 values for 3 rows/,
    );
  });

  it('gives a table back that is longer than what is encoded at a time, and pads each part with zeros', () => {
    const rowCount = 2 ** 17 + 3;
    const long = {
      rowCount,
      columns: [
        {
          kind: 'number' as const,
          name: 'x',
          values: Float32Array.from({ length: rowCount }, (_, row) => row),
        },
        { ...table.columns[1], codes: Int32Array.from({ length: rowCount }, (_, row) => (row % 4) - 1) },
      ],
      labels: Uint8Array.from({ length: rowCount }, (_, row) => row % 2),
      eventTime: { column: 'since', times: Float64Array.from({ length: rowCount }, (_, row) => -row) },
      unitHashes: Uint32Array.from({ length: rowCount }, (_, row) => 0xffffffff - row),
    };
    const bytes = encodeTable(long);
    assert.deepEqual(decodeTable(bytes), long);
    assert.deepEqual([...bytes.subarray(-5)], [0, 0, 0, 0, 0]);
    const chunks = Array.from(tableChunks(long), ({ length }) => length);
    assert.equal(
      chunks.reduce((sum, length) => sum + length, 0),
      bytes.length,
    );
    assert.ok(Math.max(...chunks) <= 2 ** 19, 'a chunk holds more than a part of a column');
  });

  it('gives any table back, and the same bytes again', () => {
    fc.assert(
      fc.property(tables, original => {
        const bytes = encodeTable(original);
        const decoded = decodeTable(bytes);
        assert.deepEqual(decoded, { ...original, columns: [...original.columns] });
        assert.deepEqual(encodeTable(decoded), bytes);
      }),
    );
  });

  it('views the bytes in place, in shared memory too', () => {
    const bytes = encodeTable(table);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8);
    shared.set(bytes);
    const decoded = decodeTable(shared);
    assert.deepEqual(decoded, table);
    for (const column of decoded.columns)
      assert.equal((column.kind === 'number' ? column.values : column.codes).buffer, shared.buffer);
    assert.equal(decoded.labels.buffer, shared.buffer);
  });

  it('copies where the address is odd', () => {
    const bytes = encodeTable(table);
    const odd = new Uint8Array(bytes.length + 1).subarray(1);
    odd.set(bytes);
    assert.deepEqual(decodeTable(odd), table);
  });

  it('writes one NaN only', () => {
    const other = new Float32Array(new Uint32Array([0xffc00123]).buffer);
    assert.deepEqual(withNaN(other), withNaN(new Float32Array([Number.NaN])));
  });

  it('says what is wrong with bytes that were cut off anywhere', () => {
    const bytes = encodeTable(table);
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => decodeTable(bytes.subarray(0, length)), /not a table artifact/);
    assert.throws(() => decodeTable(new Uint8Array([...bytes, 0])), /not a table artifact.*speaks of/);
  });

  it('never answers a contradictory table for damaged bytes', () => {
    const bytes = encodeTable(table);
    let refused = 0;
    for (let position = 0; position < bytes.length; position++) {
      const damaged = bytes.slice();
      damaged[position] ^= 0xff;
      try {
        encodeTable(decodeTable(damaged));
      } catch (error) {
        assert.match(String(error), /^Error: The bytes are not a table artifact/, `byte ${position}`);
        refused++;
      }
    }
    assert.ok(refused > 100, `${refused} of ${bytes.length} refused`);
  });

  const contradictions: readonly [string, Partial<Table>, RegExp][] = [
    ['labels of another length', { labels: new Uint8Array(2) }, /2 labels for 3 rows/],
    ['a label beyond 1', { labels: new Uint8Array([0, 1, 2]) }, /label 2 in row 3/],
    [
      'a short column',
      { columns: [{ kind: 'number', name: 'x', values: new Float32Array(2) }] },
      /"x" has 2 values for 3 rows/,
    ],
    [
      'a code without a level',
      { columns: [{ kind: 'category', name: 'x', levels: ['a'], codes: new Int32Array([0, 1, 0]) }] },
      /"x" has code 1 in row 2/,
    ],
    [
      'levels out of order',
      { columns: [{ kind: 'category', name: 'x', levels: ['b', 'a'], codes: new Int32Array(3) }] },
      /code-unit order/,
    ],
  ];
  for (const [name, change, expected] of contradictions)
    it(`refuses to encode ${name}`, () => {
      assert.throws(() => encodeTable({ ...table, ...change }), expected);
    });
});
