import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, it } from 'mocha';
import { checkAcceptable } from '../../activities/data/checkAcceptable.ts';
import { type ValidationResult, validateSource } from '../../activities/data/validateSource.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import { unitHasher } from '../../ml/dataset/unitHasher.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import { expectError } from '../support/expectError.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

const definition = defineProject({
  name: 'sample',
  id: 'id',
  label: { column: 'left', positive: 'yes', negative: 'no' },
  columns: {
    age: { kind: 'number', min: 0, max: 120, integer: true },
    income: { kind: 'number', missing: 'impute' },
    plan: { kind: 'category', levels: ['basic', 'plus'] },
    city: { kind: 'category', missing: 'impute' },
  },
});

const header = 'id,age,income,plan,city,left';

const validate = <T>(
  content: string,
  check: (result: ValidationResult, folder: string) => T | Promise<T>,
  project: ProjectDefinition = definition,
): Promise<T> =>
  withTemporaryFolder(async folder => {
    const path = join(folder, 'table.csv');
    await writeFile(path, content);
    const result = await validateSource(project, readTextTable(path), {
      shownAs: 'table.csv',
      quarantinePath: join(folder, 'quarantine', 'rows.csv'),
    });
    return check(result, folder);
  });

const rowsOf = (count: number, change: (row: number) => string): string =>
  `${header}\n${Array.from({ length: count }, (_, row) => change(row)).join('\n')}\n`;
const good = (row: number): string => `${row},1,1,basic,Rome,${row % 2 === 0 ? 'yes' : 'no'}`;

describe('validateSource', () => {
  it('turns accepted rows into typed columns', async () => {
    await validate(
      `${header}\na,30,1e3,basic,Rome,yes\n b , 0 ,,plus,,no\nc,120,-.5,plus,Athens, yes\nd,+7.0,-0,basic,Rome,no\n`,
      ({ table, ...rest }) => {
        assert.deepEqual(table, {
          rowCount: 4,
          columns: [
            { kind: 'number', name: 'age', values: new Float32Array([30, 0, 120, 7]) },
            { kind: 'number', name: 'income', values: new Float32Array([1000, Number.NaN, -0.5, 0]) },
            {
              kind: 'category',
              name: 'plan',
              levels: ['basic', 'plus'],
              codes: new Int32Array([0, 1, 1, 0]),
            },
            {
              kind: 'category',
              name: 'city',
              levels: ['Athens', 'Rome'],
              codes: new Int32Array([1, -1, 0, 1]),
            },
          ],
          labels: new Uint8Array([1, 0, 1, 0]),
          unitHashes: Uint32Array.from(['a', 'b', 'c', 'd'], unitHasher(definition.name)),
        });
        assert.deepEqual(rest, {
          sourceRows: 4,
          quarantined: 0,
          quarantineFile: null,
          violations: [],
          violationCounts: [],
          ignoredColumns: [],
        });
      },
    );
  });

  const faults: readonly [string, string, string, string, RegExp][] = [
    ['text for a number', 'a,old,1,basic,Rome,yes', 'age', 'number', /expected a number/],
    ['a decimal comma', 'a,30,"1,5",basic,Rome,yes', 'income', 'number', /expected a number/],
    ['hexadecimal', 'a,0x10,1,basic,Rome,yes', 'age', 'number', /expected a number/],
    ['NaN', 'a,30,NaN,basic,Rome,yes', 'income', 'number', /expected a number/],
    ['infinity', 'a,30,Infinity,basic,Rome,yes', 'income', 'number', /expected a number/],
    ['beyond float64', 'a,30,1e999,basic,Rome,yes', 'income', 'range', /float32/],
    ['beyond float32', 'a,30,-3.5e38,basic,Rome,yes', 'income', 'range', /float32/],
    ['below the minimum', 'a,-1,1,basic,Rome,yes', 'age', 'range', /expected at least 0/],
    ['above the maximum', 'a,121,1,basic,Rome,yes', 'age', 'range', /expected at most 120/],
    ['no integer', 'a,1.5,1,basic,Rome,yes', 'age', 'integer', /expected an integer/],
    ['a missing number', 'a, ,1,basic,Rome,yes', 'age', 'missing', /expected a value/],
    ['a missing category', 'a,30,1,,Rome,yes', 'plan', 'missing', /expected a value/],
    ['an undeclared level', 'a,30,1,Basic,Rome,yes', 'plan', 'level', /expected one of "basic", "plus"/],
    [
      'text beyond all measure',
      `a,30,1,basic,${'x'.repeat(2000)},yes`,
      'city',
      'length',
      /at most 1000 characters/,
    ],
    ['another label', 'a,30,1,basic,Rome,maybe', 'left', 'label', /expected "yes" or "no"/],
    ['a missing label', 'a,30,1,basic,Rome,', 'left', 'missing', /expected a value/],
    ['a missing id', ' ,30,1,basic,Rome,yes', 'id', 'missing', /expected a value/],
    ['too few fields', 'a,30,1,basic,yes', '', 'fields', /expected 6 fields/],
    ['too many fields', 'a,30,1,basic,Rome,yes,more', '', 'fields', /expected 6 fields/],
  ];
  for (const [name, row, column, kind, rule] of faults)
    it(`quarantines ${name}`, async () => {
      await validate(`${header}\ngood,1,1,basic,Rome,no\n${row}\n`, result => {
        assert.deepEqual(
          result.violations.map(violation => [violation.row, violation.column, violation.kind]),
          [[2, column, kind]],
        );
        assert.match(result.violations[0].rule, rule);
        assert.ok(result.violations[0].value.length <= 201);
        assert.deepEqual(result.violationCounts, [{ column, kind, count: 1 }]);
        assert.deepEqual([result.sourceRows, result.table.rowCount, result.quarantined], [2, 1, 1]);
        assert.deepEqual([...result.table.labels], [0]);
      });
    });

  it('reads the event time, which is no feature, and quarantines a row whose time is none', async () => {
    const dated = defineProject({ ...definition, eventTime: 'since' });
    await validate(
      'since,id,age,income,plan,city,left\n2024-05-01,a,1,,basic,,yes\n01.05.2024,b,1,,basic,,no\n,c,1,,basic,,no\n1714608000,d,1,,basic,,no\n',
      ({ table, violations, quarantined, ignoredColumns }) => {
        assert.deepEqual(table.eventTime, {
          column: 'since',
          times: Float64Array.of(Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 2)),
        });
        assert.deepEqual(
          table.columns.map(({ name }) => name),
          ['age', 'income', 'plan', 'city'],
        );
        assert.deepEqual([quarantined, ignoredColumns], [2, []]);
        assert.deepEqual(
          violations.map(({ row, column, kind, value }) => [row, column, kind, value]),
          [
            [2, 'since', 'time', '01.05.2024'],
            [3, 'since', 'missing', ''],
          ],
        );
      },
      dated,
    );
  });

  it('reports all violations of all rows together and names the first of duplicates', async () => {
    const rows = [
      'a,1,1,basic,Rome,no',
      'a,-1,x,gold,Rome,maybe',
      'b,999,1,basic,Rome,no',
      'b,2,1,basic,Rome,no',
      'a,3,1,plus,Rome,no',
    ];
    await validate(`${header}\n${rows.join('\n')}\n`, ({ violations, table, sourceRows, quarantined }) => {
      assert.deepEqual(
        violations.map(({ row, column, value, rule }) => `${row} ${column} ${value} ${rule}`),
        [
          '2 id a expected once, first in row 1',
          '2 age -1 expected at least 0',
          '2 income x expected a number',
          '2 plan gold expected one of "basic", "plus"',
          '2 left maybe expected "yes" or "no"',
          '3 age 999 expected at most 120',
          '5 id a expected once, first in row 1',
        ],
      );
      // Row 3 is not in the table, so row 4 is the first with its id.
      assert.deepEqual([sourceRows, table.rowCount, quarantined], [5, 2, 3]);
    });
  });

  it('writes a quarantine file that gives every original field back', async () => {
    const table = `row,${header}\n1,"a ""q"", x",-1,1,basic,"two\nlines",yes\n2,=cmd(),1,1,basic,Rome,no,extra\n3,c,1,1,basic,Rome,no\n`;
    await validate(table, async ({ quarantineFile, ignoredColumns }, folder) => {
      assert.deepEqual(ignoredColumns, ['row']);
      assert.ok(quarantineFile !== null);
      const records: unknown = parse(await readFile(quarantineFile), { relax_column_count: true });
      assert.deepEqual(records, [
        ['row_', 'violations', 'row', ...header.split(',')],
        ['1', 'age: expected at least 0, got "-1"', '1', 'a "q", x', '-1', '1', 'basic', 'two\nlines', 'yes'],
        ['2', 'expected 7 fields, got 8', '2', '=cmd()', '1', '1', 'basic', 'Rome', 'no', 'extra'],
      ]);
      assert.deepEqual(await readdir(join(folder, 'quarantine')), ['rows.csv']);
    });
  });

  it('caps what it keeps of a file that is wrong throughout, and counts all', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => `${row},-1,x,basic,Rome,no`);
    await validate(`${header}\n${rows.join('\n')}\n`, async result => {
      assert.equal(result.violations.length, 1000);
      assert.deepEqual(result.violationCounts, [
        { column: 'age', kind: 'range', count: 5000 },
        { column: 'income', kind: 'number', count: 5000 },
      ]);
      assert.equal((await readFile(result.quarantineFile ?? '', 'utf8')).split('\n').length, 5002);
    });
  });

  it('lists every missing column at once, with the one that was probably meant', async () => {
    await assert.rejects(
      validate('id,Age,incme,plan,left\n', () => undefined),
      expectError(
        'invalidArgument',
        /lacks 3 columns .*"age" \(is it "Age"\?\), "income" \(is it "incme"\?\), "city"\. It has: "id", "Age", "incme", "plan", "left"/,
      ),
    );
  });

  it('refuses a category without end', async () => {
    const rows = Array.from({ length: 1001 }, (_, row) => `${row},1,1,basic,city ${row},no`);
    await assert.rejects(
      validate(`${header}\n${rows.join('\n')}\n`, () => undefined),
      expectError('failedPrecondition', /"city" has more than 1000 different values/),
    );
  });

  it('leaves no file where reading fails in the middle', async () => {
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'table.csv');
      await writeFile(path, `${header}\n${'a,-1,1,basic,Rome,no\n'.repeat(50_000)}"`);
      const quarantine = join(folder, 'quarantine');
      await assert.rejects(
        validateSource(definition, readTextTable(path), {
          shownAs: path,
          quarantinePath: join(quarantine, 'rows.csv'),
        }),
        expectError('invalidArgument', /never closed/),
      );
      assert.deepEqual(await readdir(quarantine), []);
    });
  });
});

describe('checkAcceptable', () => {
  it('accepts a share at the limit', async () => {
    await validate(
      rowsOf(100, row => (row < 5 ? `${row},x,1,basic,Rome,no` : good(row))),
      result => {
        assert.equal(result.quarantined, 5);
        checkAcceptable(definition, result, 'table.csv');
      },
    );
  });

  it('refuses a share above it, with the report', async () => {
    await validate(
      rowsOf(100, row => (row < 6 ? `${row},x,1,,Rome,no` : good(row))),
      result => {
        assert.throws(
          () => checkAcceptable(definition, result, 'table.csv'),
          expectError(
            'failedPrecondition',
            /6 of 100 rows \(6 %\).*more than the 5 %[^]*6 × age not a number\n {2}6 × plan without a value\n[^]*row 1, age: expected a number, got "x"[^]*rows\.csv$/,
          ),
        );
      },
    );
  });

  it('refuses a header without rows', async () => {
    await validate(`${header}\n`, result => {
      assert.throws(
        () => checkAcceptable(definition, result, 'table.csv'),
        expectError('failedPrecondition', /no rows/),
      );
    });
  });

  it('refuses too few rows', async () => {
    await validate(rowsOf(49, good), result => {
      assert.throws(
        () => checkAcceptable(definition, result, 'table.csv'),
        expectError('failedPrecondition', /49 usable rows, expected at least 50/),
      );
    });
  });

  it('refuses a split by time with one class only in a period, naming it', async () => {
    const dated = defineProject({ ...definition, eventTime: 'city', split: { by: 'time', folds: 2 } });
    const rows = rowsOf(
      200,
      row =>
        `${row},1,1,basic,2024-0${1 + Math.floor(row / 40)}-01,${row < 160 && row % 2 === 0 ? 'yes' : 'no'}`,
    );
    await validate(
      rows,
      result => {
        assert.throws(() => checkAcceptable(dated, result, 'table.csv'), {
          code: 'failedPrecondition',
          message: /table\.csv cannot be split.*the holdout \(40 rows, 2024-05-01.*no positive row/,
        });
        checkAcceptable({ ...dated, split: { ...dated.split, by: undefined } }, result, 'table.csv');
      },
      dated,
    );
  });

  it('refuses one class only', async () => {
    await validate(
      rowsOf(100, row => `${row},1,1,basic,Rome,no`),
      result => {
        assert.throws(
          () => checkAcceptable(definition, result, 'table.csv'),
          expectError('failedPrecondition', /0 usable rows whose left is "yes", expected at least 10/),
        );
      },
    );
  });
});
