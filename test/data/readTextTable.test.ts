import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, it } from 'mocha';
import { describeReadError } from '../../platform/tabular/inspectFile.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import type { TextBatch } from '../../platform/tabular/TextTable.ts';
import { expectError } from '../support/expectError.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

async function readAll(path: string): Promise<{ columns: readonly string[]; rows: [number, ...string[]][] }> {
  const batches: TextBatch[] = [];
  for await (const batch of readTextTable(path)) batches.push(batch);
  return {
    columns: batches[0].columns,
    rows: batches.flatMap(({ firstRow, records }) =>
      records.map((fields, index): [number, ...string[]] => [firstRow + index, ...fields]),
    ),
  };
}

const readContent = (content: string | Uint8Array, name = 'table.csv') =>
  withTemporaryFolder(async folder => {
    const path = join(folder, name);
    await writeFile(path, content);
    return readAll(path);
  });

const writeParquet = async (path: string, query: string): Promise<void> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
};

describe('readTextTable', () => {
  const readable: readonly [string, string | Uint8Array, string[], [number, ...string[]][]][] = [
    [
      'plain lines',
      'a,b\n1,2\n3,4\n',
      ['a', 'b'],
      [
        [1, '1', '2'],
        [2, '3', '4'],
      ],
    ],
    ['no newline at the end', 'a,b\n1,2', ['a', 'b'], [[1, '1', '2']]],
    ['CRLF', 'a,b\r\n1,2\r\n', ['a', 'b'], [[1, '1', '2']]],
    ['a byte order mark', '\uFEFFa,b\n1,2\n', ['a', 'b'], [[1, '1', '2']]],
    ['leading zeros and spaces', 'id,b\n0123, x \n', ['id', 'b'], [[1, '0123', ' x ']]],
    [
      'quotes, delimiters and lines in a value',
      'a,b\n"x ""y"", z\nnext",2\n3,4\n',
      ['a', 'b'],
      [
        [1, 'x "y", z\nnext', '2'],
        [2, '3', '4'],
      ],
    ],
    [
      'blank lines, which do not count',
      'a,b\n\n1,2\n\n\n3,4\n\n',
      ['a', 'b'],
      [
        [1, '1', '2'],
        [2, '3', '4'],
      ],
    ],
    [
      'ragged rows, with their numbers',
      'a,b\n1\n1,2\n1,2,3\n5,6\n',
      ['a', 'b'],
      [
        [1, '1'],
        [2, '1', '2'],
        [3, '1', '2', '3'],
        [4, '5', '6'],
      ],
    ],
    ['a header only', 'a,b\n', ['a', 'b'], []],
    ['a header only, without newline', 'a,b', ['a', 'b'], []],
    ['semicolons', 'a;b\n1,5;2\n', ['a', 'b'], [[1, '1,5', '2']]],
    ['tabs', 'a\tb\n1\t2\n', ['a', 'b'], [[1, '1', '2']]],
    ['a delimiter within a quoted name', '"a;b;c",d\n1,2\n', ['a;b;c', 'd'], [[1, '1', '2']]],
    [
      'one column',
      'a\n1\n2\n',
      ['a'],
      [
        [1, '1'],
        [2, '2'],
      ],
    ],
    ['columns without a name', ',a,\n0,1,2\n', ['', 'a', ''], [[1, '0', '1', '2']]],
    [
      'absent values',
      'a,b\n,\n"",2\n',
      ['a', 'b'],
      [
        [1, '', ''],
        [2, '', '2'],
      ],
    ],
    [
      'a stray quote',
      'a,b\nx"y,2\n"q"z,3\n',
      ['a', 'b'],
      [
        [1, 'x"y', '2'],
        [2, '"q"z', '3'],
      ],
    ],
  ];
  for (const [name, content, columns, rows] of readable)
    it(`reads ${name}`, async () => {
      assert.deepEqual(await readContent(content), { columns, rows });
    });

  it('keeps the rows in order and numbered over many chunks, also where a character lies across two', async () => {
    const texts = ['ü', 'ü€', 'ü€😀', '😀'];
    const lines = Array.from({ length: 100_000 }, (_, row) => `${row + 1},${texts[row % 4]}`);
    const { rows } = await readContent(`row,text\n${lines.join('\n')}\n`);
    assert.equal(rows.length, lines.length);
    const wrong = rows.findIndex(
      ([row, ...fields], index) => row !== index + 1 || fields.join(',') !== lines[index],
    );
    assert.equal(wrong, -1, `row ${wrong + 1} reads ${JSON.stringify(rows[wrong])}`);
  });

  it('reads a field of ten megabytes', async () => {
    const long = 'x'.repeat(10_000_000);
    const { rows } = await readContent(`a,b\n1,"${long}"\n2,y\n`);
    assert.deepEqual(
      rows.map(([row, , text]) => [row, text.length]),
      [
        [1, 10_000_000],
        [2, 1],
      ],
    );
  });

  const refused: readonly [string, string | Uint8Array, RegExp, string?][] = [
    ['an empty file', '', /is empty/],
    ['blank lines only', '\n\n\n', /has no header/],
    ['names that are all blank', ',,\n1,2,3\n', /has no header/],
    ['repeated names', 'a,b,a,b,c\n1,2,3,4,5\n', /"a" in positions 1, 3; "b" in positions 2, 4/],
    [
      'bytes that are not UTF-8',
      Buffer.from('a,b\n1,2\nM\xfcller,3\n', 'latin1'),
      /line 3 .* not UTF-8.*iconv/,
    ],
    [
      'a character cut off at the end',
      Buffer.concat([Buffer.from('a,b\n1,2\n3,'), Buffer.from([0xe2, 0x82])]),
      /line 3 .* not UTF-8/,
    ],
    ['a zero byte far into the file', `a,b\n${'1,2\n'.repeat(40_000)}x\0,2\n`, /line 40002 .* zero byte/],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', /: row 2 .* opens a quote .* never closed/],
    ['a quote in the header that is never closed', '"a,b\n1,2\n', /the header opens a quote/],
    ['zero bytes at the start', Buffer.alloc(100), /not text/],
    ['a workbook', Buffer.from('PK\x03\x04rest', 'latin1'), /Excel workbook, expected CSV or Parquet: save/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /compressed by gzip/],
    ['UTF-16', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), /UTF-16/],
    [
      'a CSV by the name of Parquet',
      'a,b\n1,2\n',
      /not a Parquet file, though its name says so/,
      'table.parquet',
    ],
    ['Parquet that is cut off', 'PAR1 and no more', /cannot be read as Parquet/, 'table.parquet'],
  ];
  for (const [name, content, message, fileName] of refused)
    it(`refuses ${name}`, async () => {
      await assert.rejects(readContent(content, fileName), expectError('invalidArgument', message));
    });

  it('refuses a record beyond 64 MiB instead of filling the memory', async () => {
    await assert.rejects(
      readContent(`a,b\n1,"${'x'.repeat(66 * 1024 * 1024)}`),
      expectError('invalidArgument', /: row 1 .* longer than 64 MiB/),
    );
  });

  it('refuses a folder, a pipe to which nobody writes, and a path where nothing is', async () => {
    await withTemporaryFolder(async folder => {
      const pipe = join(folder, 'pipe.csv');
      execFileSync('mkfifo', [pipe]);
      await assert.rejects(readAll(pipe), expectError('invalidArgument', /pipe\.csv is a folder, a pipe or/));
      await assert.rejects(readAll(folder), expectError('invalidArgument', /is a folder/));
      await assert.rejects(
        readAll(join(folder, 'none.csv')),
        expectError('notFound', /none\.csv does not exist/),
      );
      await assert.rejects(readAll(join(folder, 'none.csv', 'x')), expectError('notFound', /does not exist/));
      await assert.rejects(readAll(`${folder}/a\0b`), expectError('invalidArgument', /zero byte/));
    });
  });

  for (const [code, expected] of [
    ['EACCES', expectError('invalidArgument', /may not be read by this user/)],
    ['ELOOP', expectError('invalidArgument', /leads back to itself/)],
    ['EISDIR', expectError('invalidArgument', /is a folder/)],
  ] as const)
    it(`tells ${code} from the system`, () => {
      expected(describeReadError(Object.assign(new Error('refused'), { code }), 'table.csv'));
    });

  it('reads Parquet through DuckDB, numbers as canonical text', async () => {
    await withTemporaryFolder(async folder => {
      const path = join(folder, "it's.parquet");
      await writeParquet(
        path.replaceAll("'", "''"),
        `SELECT * FROM (VALUES
          ('0123', 1.0::DOUBLE, 0.1::FLOAT, 7::BIGINT, true, 1.50::DECIMAL(9,2), 'a "b", c'),
          (NULL, 'NaN'::DOUBLE, NULL, -3, false, NULL, ''),
          ('ü', 1e300::DOUBLE, 2.5::FLOAT, 0, NULL, 2.00, E'two\\nlines')
        ) AS rows(id, "double", "a ""float""", whole, flag, money, text)`,
      );
      assert.deepEqual(await readAll(path), {
        columns: ['id', 'double', 'a "float"', 'whole', 'flag', 'money', 'text'],
        rows: [
          [1, '0123', '1', '0.1', '7', 'true', '1.50', 'a "b", c'],
          [2, '', '', '', '-3', 'false', '', ''],
          [3, 'ü', '1e+300', '2.5', '0', '', '2.00', 'two\nlines'],
        ],
      });
    });
  });

  it('reads Parquet by its content where the name says nothing, and leaves no temporary file', async () => {
    const before = await readdir(tmpdir());
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'artifact');
      await writeParquet(path, 'SELECT range AS number FROM range(5000)');
      const { rows } = await readAll(path);
      assert.deepEqual(rows.at(-1), [5000, '4999']);
      for await (const batch of readTextTable(path)) {
        assert.deepEqual(batch.columns, ['number']);
        break;
      }
    });
    const left = (await readdir(tmpdir())).filter(
      name => name.startsWith('holdfast-tabular-') && !before.includes(name),
    );
    assert.deepEqual(left, []);
  });

  it('stops where it is cancelled', async () => {
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'table.csv');
      await writeFile(path, `a,b\n${'1,2\n'.repeat(500_000)}`);
      const controller = new AbortController();
      let batches = 0;
      await assert.rejects(async () => {
        for await (const batch of readTextTable(path, { signal: controller.signal })) {
          assert.ok(batch.records.length > 0);
          batches++;
          controller.abort(new Error('cancelled by the test'));
        }
      }, /cancelled by the test/);
      assert.equal(batches, 1);
    });
  });
});
