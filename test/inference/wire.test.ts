import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { type Instance, InstanceReader, nameInstance } from '../../inference/InstanceReader.ts';
import { decodePredictCall, type PredictCall } from '../../inference/PredictCall.ts';
import { createSignature } from '../../inference/Signature.ts';
import { ByteIndex } from '../../inference/wire/ByteIndex.ts';
import { readColumns } from '../../inference/wire/readColumns.ts';
import { readInstance } from '../../inference/wire/readInstance.ts';
import { WireReader } from '../../inference/wire/WireReader.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { Column, PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';

// What is read straight from the wire, beside the generated decoder and the reader of plain objects.

const signature = createSignature(smallModel().metadata);
const options = { maximumViolations: 100, labelKey: 'told' };
const runs = { seed: 1, numRuns: 500 };

const encode = (request: Partial<PredictRequest>): Buffer =>
  Buffer.from(PredictRequest.encode({ model: '', version: '', instances: [], ...request }).finish());

const outcomeOf = ({ columns, violations, violationCount }: InstanceReader) => ({
  numbers: [...columns.numbers],
  codes: [...columns.codes],
  texts: columns.texts,
  violations,
  violationCount,
});

function readCall({ rows, rowCount }: PredictCall): InstanceReader {
  const reader = new InstanceReader(signature, rowCount, options);
  if (rows.kind === 'columns') readColumns(reader, rows.columns);
  else {
    const wire = new WireReader(rows.bytes);
    for (let row = 0; row < rowCount; row++) {
      wire.position = rows.bounds[2 * row];
      wire.end = rows.bounds[2 * row + 1];
      readInstance(reader, wire, row);
      assert.equal(wire.position, rows.bounds[2 * row + 1]);
    }
  }
  return reader;
}

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 130 }),
  fc.constantFrom('month', 'year', '0', '1', 'north', 'south', '', 'Größe', '29.85', '\ufeffmonth'),
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(null),
  fc.constant([1, 'a']),
  fc.constant({ a: { b: null } }),
);
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...signature.names, 'told') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
);
const instance: fc.Arbitrary<Instance> = fc.oneof(
  fc.dictionary(name, value, { noNullPrototype: true }),
  fc
    .dictionary(name, value, { noNullPrototype: true, maxKeys: 2 })
    .map(some => ({ ...goodInstance, ...some })),
);

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, 'invalidArgument');
    return error.violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  }
  return 'none';
};

describe('instances read from the wire', () => {
  it('are those that the generated decoder and the reader of objects see, faults and all', () =>
    fc.assert(
      fc.property(fc.array(instance, { minLength: 1, maxLength: 5 }), instances => {
        const bytes = encode({ instances: instances.map(each => ({ ...each })) });
        const expected = new InstanceReader(signature, instances.length, options);
        for (const [row, each] of PredictRequest.decode(bytes).instances.entries()) expected.read(each, row);
        assert.deepEqual(outcomeOf(readCall(decodePredictCall(bytes))), outcomeOf(expected));
      }),
      runs,
    ));

  it('may come before and between the other fields, beside fields of later versions', () => {
    const [head, tail] = [
      encode({ instances: [goodInstance], returnProba: false }),
      encode({ model: 'churn', version: '3', instances: [goodInstance], labelKey: 'told', explain: true }),
    ];
    const later = Buffer.from([
      0xfa, 0x3f, 0x01, 0x00, 0xf8, 0x3f, 0x01, 0xf9, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x3f, 1, 2, 3, 4,
    ]);
    const { rows: _, ...call } = decodePredictCall(Buffer.concat([head, later, tail]));
    assert.deepEqual(call, {
      model: 'churn',
      version: '3',
      returnProba: false,
      labelKey: 'told',
      nameRow: nameInstance,
      explain: true,
      rowCount: 2,
    });
  });

  it('name a column once', () => {
    const one = encode({ instances: [goodInstance] });
    // Entry after entry of one Struct: the same again.
    const entries = one.subarray(2);
    const doubled = Buffer.concat([
      Buffer.from([0x1a, 0x80 | ((2 * entries.length) & 0x7f), (2 * entries.length) >> 7]),
      entries,
      entries,
    ]);
    const { violations } = readCall(decodePredictCall(doubled));
    assert.deepEqual(
      violations.map(({ field, description }) => `${field}: ${description}`),
      Object.keys(goodInstance).map(column => `instances[0].${column}: is given more than once`),
    );
  });
});

function asColumn(column: string, values: readonly (string | number | null)[], asCodes: boolean): Column {
  const missing = values.flatMap((each, row) => (each === null ? [row] : []));
  if (values.some(each => typeof each === 'number'))
    return { name: column, numbers: values.map(each => Number(each ?? 7)), texts: [], codes: [], missing };
  const words = values.map(each => String(each ?? 'month'));
  if (!asCodes) return { name: column, numbers: [], texts: words, codes: [], missing };
  const distinct = [...new Set(words)];
  return {
    name: column,
    numbers: [],
    texts: distinct,
    codes: words.map(word => distinct.indexOf(word)),
    missing,
  };
}

const sorted = (reader: InstanceReader) =>
  reader.violations.map(({ field, description }) => `${field}: ${description}`).sort();

const meant = ({ columns: { codes, texts: words } }: InstanceReader) =>
  [...codes].map(code => (code < 0 ? words[-1 - code] : code));

const column = (given: Partial<Column> & { name: string }): Column => ({
  numbers: [],
  texts: [],
  codes: [],
  missing: [],
  ...given,
});

describe('columns read from the wire', () => {
  /** Rows of one kind a column, and the same as columns; `null` is a missing value. */
  const numbers = fc.oneof(fc.integer({ min: -2, max: 125 }), fc.constant(null), fc.double({ noNaN: false }));
  const texts = fc.oneof(
    fc.constantFrom('month', 'year', '0', '1', 'north', 'south', '', 'unseen', 'ÿ'),
    fc.constant(null),
  );
  const table = fc.integer({ min: 1, max: 40 }).chain(rowCount =>
    fc.record({
      asCodes: fc.boolean(),
      columns: fc.tuple(
        ...signature.inputs.map(({ name: column, kind }) =>
          fc.record({
            name: fc.constant(column),
            values: fc
              .oneof(
                { weight: 8, arbitrary: fc.constant(kind) },
                { weight: 1, arbitrary: fc.constantFrom('number' as const, 'category' as const) },
              )
              .chain(sent =>
                fc.array<string | number | null>(sent === 'number' ? numbers : texts, {
                  minLength: rowCount,
                  maxLength: rowCount,
                }),
              ),
          }),
        ),
      ),
    }),
  );

  it('are the same rows as instances, to the bit and with the same faults', () =>
    fc.assert(
      fc.property(table, ({ asCodes, columns }) => {
        const rowCount = columns[0].values.length;
        const byRow = new InstanceReader(signature, rowCount, { ...options, maximumViolations: 1e6 });
        for (let row = 0; row < rowCount; row++)
          byRow.read(
            Object.fromEntries(columns.map(({ name: column, values }) => [column, values[row]])),
            row,
          );
        const call = decodePredictCall(
          encode({
            columns: {
              columns: columns.map(({ name: column, values }) => asColumn(column, values, asCodes)),
            },
          }),
        );
        const byColumn = new InstanceReader(signature, rowCount, { ...options, maximumViolations: 1e6 });
        assert.equal(call.rows.kind, 'columns');
        if (call.rows.kind === 'columns') readColumns(byColumn, call.rows.columns);
        assert.deepEqual(sorted(byColumn), sorted(byRow));
        assert.deepEqual(byColumn.columns.numbers, byRow.columns.numbers);
        assert.deepEqual(meant(byColumn), meant(byRow));
      }),
      runs,
    ));

  it('may be packed or not', () => {
    const unpacked = Buffer.concat([
      Buffer.from([0x32, 37, 0x0a, 35, 0x0a, 6]),
      Buffer.from('tenure'),
      ...[5, 6].map(number => {
        const bytes = Buffer.alloc(9, 0x11);
        bytes.writeDoubleLE(number, 1);
        return bytes;
      }),
      Buffer.from([0x28, 1, 0x28, 0, 0x2a, 1, 1, 0x18, 9]),
    ]);
    const { rows, rowCount } = decodePredictCall(unpacked);
    assert.equal(rowCount, 2);
    assert.ok(rows.kind === 'columns');
    assert.deepEqual(rows.columns, [
      {
        name: 'tenure',
        numbers: Float64Array.of(5, 6),
        texts: [],
        codes: null,
        missing: Uint32Array.of(1, 0, 1),
      },
    ]);
  });

  const refused: readonly [what: string, request: Partial<PredictRequest>, expected: RegExp][] = [
    ['no columns', { columns: { columns: [] } }, /^instances: expected 1 to 10000 instances, got 0$/],
    [
      'columns of different lengths',
      {
        columns: {
          columns: [column({ name: 'tenure', numbers: [1, 2] }), column({ name: 'charges', numbers: [1] })],
        },
      },
      /^columns\.charges: has 1 values; expected 2, as many as the first column, "tenure"$/,
    ],
    [
      'numbers and texts',
      { columns: { columns: [column({ name: 'tenure', numbers: [1], texts: ['a'] })] } },
      /^columns\.tenure: holds numbers and texts/,
    ],
    [
      'too many rows',
      {
        columns: { columns: [column({ name: 'tenure', numbers: Array.from({ length: 10_001 }, () => 1) })] },
      },
      /^columns: a column has more than 10000 numbers/,
    ],
    [
      'too many texts',
      {
        columns: { columns: [column({ name: 'contract', texts: Array.from({ length: 10_001 }, () => '') })] },
      },
      /^columns: a column has more than 10000 texts/,
    ],
    [
      'both forms',
      { instances: [goodInstance], columns: { columns: [column({ name: 'tenure', numbers: [1] })] } },
      /instances and columns are given$/,
    ],
  ];
  for (const [what, request, expected] of refused)
    it(`refuses ${what}`, () =>
      assert.match(
        refusal(() => decodePredictCall(encode(request))),
        expected,
      ));

  it('names an unknown, a doubled and an absent column, a code that is none, and a missing row that is none', () => {
    const call = decodePredictCall(
      encode({
        columns: {
          columns: [
            column({ name: 'tenure', numbers: [1, 2], missing: [7] }),
            column({ name: 'tenure', numbers: [1, 2] }),
            column({ name: 'contrakt', texts: ['month', 'year'] }),
            column({ name: 'told', texts: ['a', 'b'] }),
            column({ name: 'churned', numbers: [1, 0] }),
            column({ name: 'senior', texts: ['0'], codes: [0, 3] }),
          ],
        },
      }),
    );
    assert.deepEqual(
      readCall(call).violations.map(({ field, description }) => `${field}: ${description}`),
      [
        'columns.tenure: row 7 is said to be missing; the request has 2 rows',
        'columns.tenure: is given more than once',
        'columns.contrakt: is not a column of the model (did you mean "contract"?)',
        "instances[1].senior: has the code 3; expected one below 1, the number of the column's texts",
        'columns.contract: is missing; expected text such as "month", "year"',
      ],
    );
  });
});

describe('ByteIndex', () => {
  it('finds each of its keys and nothing else', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 3 })),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
        (keys, other) => {
          const index = new ByteIndex(keys);
          for (const text of [...keys, other]) {
            const bytes = Buffer.from(`..${text}.`);
            assert.equal(index.find(bytes, 2, bytes.length - 1), keys.indexOf(text));
          }
        },
      ),
      runs,
    ));
});
