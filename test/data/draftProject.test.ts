import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { ingestFile } from '../../activities/data/ingestFile.ts';
import { simulateSource } from '../../activities/data/simulateSource.ts';
import type { ColumnDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { type DraftProjectInput, type DraftedProject, draftProject } from '../../projects/draftProject.ts';
import { loadProject } from '../../projects/loadProject.ts';
import { requireData } from '../peers/requirePeer.ts';
import { expectError } from '../support/expectError.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

/** @throws Error with what the program printed */
const run = (program: string, args: readonly string[]): Promise<unknown> =>
  promisify(execFile)(join('node_modules/.bin', program), args).catch((error: unknown) => {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`${program} failed:\n${output}`, { cause: error });
  });

/** Without git's list of what to ignore, which speaks of the checkout only. */
const formatCheck = (path: string): string[] => ['format', '--vcs-enabled=false', path];

/** A place like the checkout, so that a draft's import of defineProject is found. */
async function makeProjectFolder(folder: string): Promise<string> {
  const projects = join(folder, 'projects');
  await mkdir(projects);
  await symlink(resolve('ml'), join(folder, 'ml'));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return projects;
}

const draftContent = (content: string, input: Partial<DraftProjectInput> = {}): Promise<DraftedProject> =>
  withTemporaryFolder(async folder => {
    const path = join(folder, 'table.csv');
    await writeFile(path, content);
    return draftProject({ path, name: 'sample', label: 'left', positive: 'yes', folder, ...input });
  });

/** One column of 200 rows beside the label and a column that is always of use. */
const draftColumn = async (
  name: string,
  value: (row: number) => string | number,
): Promise<{ definition: ColumnDefinition | undefined; text: string }> => {
  const rows = Array.from(
    { length: 200 },
    (_, row) => `"${value(row)}",${row % 7},${row % 3 === 0 ? 'yes' : 'no'}`,
  );
  const { definition, text } = await draftContent(`${name},other,left\n${rows.join('\n')}\n`);
  return { definition: definition.columns[name], text };
};

describe('draftProject', () => {
  it('drafts the bank table: what it writes loads, type-checks, is formatted, and takes all but three rows', async function () {
    const path = requireData(this, 'bank-churn.csv');
    await withTemporaryFolder(async folder => {
      const projects = await makeProjectFolder(folder);
      const draft = await draftProject({
        path,
        name: 'bank',
        label: 'Exited',
        positive: '1',
        folder: projects,
      });
      assert.equal(draft.path, join(projects, 'bank.ts'));
      assert.deepEqual(draft.warnings, []);
      await writeFile(draft.path, draft.text);
      const { definition } = await loadProject('bank', projects);
      assert.deepEqual(definition, draft.definition);
      assert.equal(definition.id, 'CustomerId');
      assert.deepEqual(definition.label, { column: 'Exited', positive: '1', negative: '0' });
      assert.deepEqual(Object.keys(definition.columns), [
        'CreditScore',
        'Geography',
        'Gender',
        'Age',
        'Tenure',
        'Balance',
        'NumOfProducts',
        'HasCrCard',
        'IsActiveMember',
        'EstimatedSalary',
      ]);
      assert.deepEqual(definition.columns.NumOfProducts, {
        kind: 'number',
        min: 0,
        max: 5,
        integer: true,
        missing: 'reject',
      });
      assert.deepEqual(definition.columns.Gender, {
        kind: 'category',
        levels: ['Female', 'Male'],
        missing: 'impute',
      });
      assert.ok(definition.source?.kind === 'file');
      assert.equal(resolve(projects, definition.source.path), resolve(path));
      for (const remark of [
        '"RowNumber" is left out: it counts the rows',
        '"Surname" is left out: it is free text',
        '(25) left outside the range',
      ])
        assert.ok(draft.text.includes(remark), `${remark} in\n${draft.text}`);
      await run('biome', formatCheck(draft.path));
      await writeFile(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          extends: resolve('tsconfig.json'),
          compilerOptions: { types: ['node'], typeRoots: [resolve('node_modules/@types')] },
          include: ['projects'],
        }),
      );
      await run('tsc', ['--noEmit', '-p', folder]);

      const result = await ingestFile({
        definition,
        path,
        artifacts: createLocalArtifactStore(join(folder, 'artifacts')),
        quarantineFolder: join(folder, 'quarantine'),
      });
      assert.deepEqual([result.sourceRows, result.rows, result.quarantined], [10_002, 9_999, 3]);
      assert.deepEqual(result.ignoredColumns, ['RowNumber', 'Surname']);
    });
  });

  it("drafts our simulator's table as the shipped definition has it", async () => {
    await withTemporaryFolder(async folder => {
      const path = await simulateSource({ model: 'churn', rows: 2000, seed: 1 }, folder);
      const { definition } = await draftProject({
        path,
        name: 'again',
        label: 'Churn',
        positive: 'Yes',
        folder,
      });
      const { definition: shipped } = await loadProject('churn');
      assert.equal(definition.id, 'customerID');
      for (const [name, column] of Object.entries(shipped.columns)) {
        const drafted = definition.columns[name];
        assert.equal(drafted.kind, column.kind, name);
        assert.equal(drafted.missing, column.missing, name);
        if (column.kind === 'category' && drafted.kind === 'category')
          assert.deepEqual(drafted.levels, column.levels, name);
      }
    });
  });

  const kept: readonly [string, string, (row: number) => string | number, ColumnDefinition][] = [
    [
      'zero and one',
      'flag',
      row => row % 2,
      { kind: 'number', min: 0, max: 1, integer: true, missing: 'reject' },
    ],
    [
      'whole numbers',
      'age',
      row => 20 + (row % 50),
      { kind: 'number', min: 7, max: 82, integer: true, missing: 'reject' },
    ],
    [
      'decimals below zero',
      'balance',
      row => (row % 50) / 10 - 2.4,
      { kind: 'number', min: -3.7, max: 3.8, integer: false, missing: 'reject' },
    ],
    [
      'decimals, each once',
      'spending',
      row => (row * 1.37 + 0.01).toFixed(2),
      { kind: 'number', min: 0, max: 350, integer: false, missing: 'reject' },
    ],
    [
      'a number that is missing at times',
      'age',
      row => (row % 10 === 0 ? ' ' : row % 10),
      { kind: 'number', min: 0, max: 11, integer: true, missing: 'impute' },
    ],
    [
      'text of few levels',
      'plan',
      row => ['plus', 'basic'][row % 2],
      { kind: 'category', levels: ['basic', 'plus'], missing: 'reject' },
    ],
    [
      'text that is missing at times',
      'plan',
      row => ['b', 'a', ''][row % 3],
      { kind: 'category', levels: ['a', 'b'], missing: 'impute' },
    ],
    [
      'codes with leading zeros',
      'area',
      row => `0${row % 3}`,
      { kind: 'category', levels: ['00', '01', '02'], missing: 'reject' },
    ],
    [
      'text with quotes',
      'says',
      row => ["it's", 'a ""b""'][row % 2],
      { kind: 'category', levels: ['a "b"', "it's"], missing: 'reject' },
    ],
    [
      'whole numbers, each once, that are no key by name',
      'income',
      row => row * 977 + (row % 13),
      { kind: 'number', min: 0, max: 250_000, integer: true, missing: 'reject' },
    ],
    [
      'one value far beyond all others',
      'age',
      row => (row === 3 ? 9999 : 20 + (row % 50)),
      { kind: 'number', min: 7, max: 82, integer: true, missing: 'reject' },
    ],
    [
      'one value far below all others',
      'age',
      row => (row === 3 ? -999 : row % 10),
      { kind: 'number', min: 0, max: 12, integer: true, missing: 'reject' },
    ],
    [
      'an honest long tail',
      'revenue',
      row => Math.round(Math.exp(row / 15)),
      { kind: 'number', min: 0, max: 730_000, integer: true, missing: 'reject' },
    ],
  ];
  for (const [what, name, value, expected] of kept)
    it(`takes ${what}`, async () => {
      const { definition } = await draftColumn(name, value);
      assert.deepEqual(definition, expected);
    });

  const left: readonly [string, string, (row: number) => string | number, RegExp][] = [
    ['a counter', 'index', row => row + 1, /"index" is left out: it counts the rows/],
    ['a constant', 'country', () => 'Italy', /"country" is left out: it is constant \("Italy"\)/],
    ['an empty column', 'nothing', () => '', /"nothing" is left out: it is empty/],
    ['free text', 'comment', row => `said number ${row} of many`, /"comment" is left out: it is free text/],
    [
      'names',
      'surname',
      row => `Name${row % 150}`,
      /"surname" is left out: it is free text or a code \(150 different values\)/,
    ],
    [
      'dates',
      'since',
      row => `2024-01-${String((row % 28) + 1).padStart(2, '0')}`,
      /"since" is left out: it holds dates/,
    ],
    [
      'numbers among words',
      'amount',
      row => (row % 5 === 0 ? 'n/a' : row * 3.7),
      /"amount" is left out: it is mostly numbers, but 40 values are not, such as "n\/a"/,
    ],
    ["a model file's output", 'label', row => row % 9, /"label" is left out: its name cannot be used/],
    ['the prototype', '__proto__', row => row % 9, /"__proto__" is left out/],
  ];
  for (const [what, name, value, remark] of left)
    it(`leaves out ${what}`, async () => {
      const { text, definition } = await draftColumn(name, value);
      assert.match(text, remark);
      assert.equal(Object.hasOwn({ ...definition }, 'kind'), false);
    });

  it('guesses an id by its values, prefers one that is named so, and takes the one it is told', async () => {
    const rows = Array.from(
      { length: 100 },
      (_, row) => `T${row}x,${9000 + row * 17},${row % 5},${row % 2 ? 'yes' : 'no'}`,
    );
    const content = `token,account_no,age,left\n${rows.join('\n')}\n`;
    const guessed = await draftContent(content);
    assert.equal(guessed.definition.id, 'account_no');
    assert.match(guessed.text, /"token" is left out: it is an id/);
    const told = await draftContent(content, { id: 'token' });
    assert.equal(told.definition.id, 'token');
    assert.deepEqual(Object.keys(told.definition.columns), ['age']);
    const none = await draftContent('age,left\n1,yes\n2,no\n');
    assert.equal(none.definition.id, undefined);
    assert.match(none.text, /No column looks like a customer id/);
  });

  it('warns where the draft would put too many rows into quarantine', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `c${row % 50},${row % 5},${row % 2 ? 'yes' : 'no'}`);
    const { warnings, text } = await draftContent(`id,age,left\n${rows.join('\n')}\n`, { id: 'id' });
    assert.match(warnings.join(), /Up to 50 of 100 rows/);
    assert.match(text, /50 rows with an id that an earlier row has: quarantined/);
  });

  it('writes names that need quotes, and comments that stay comments', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `${row % 5},x,${row % 4},${row % 2 ? 'yes' : 'no'}`);
    await withTemporaryFolder(async folder => {
      const projects = await makeProjectFolder(folder);
      const path = join(folder, "odd ' name.csv");
      await writeFile(path, `"a b","c\nexport default 1; //",ümlaut's,left\n${rows.join('\n')}\n`);
      const draft = await draftProject({
        path,
        name: 'odd',
        label: 'left',
        positive: 'yes',
        folder: projects,
      });
      await writeFile(draft.path, draft.text);
      assert.deepEqual((await loadProject('odd', projects)).definition, draft.definition);
      assert.deepEqual(Object.keys(draft.definition.columns), ['a b', "ümlaut's"]);
      await run('biome', formatCheck(draft.path));
    });
  });

  const table = `id,age,left\n${Array.from({ length: 60 }, (_, row) => `c${row},${row % 9},${row % 2 ? 'yes' : 'no'}`).join('\n')}\n`;
  const refused: readonly [string, string, Partial<DraftProjectInput>, RegExp][] = [
    [
      'a label that is not there',
      table,
      { label: 'lfet' },
      /no column "lfet" for the label\. Did you mean "left"\? Its columns: "id", "age", "left"/,
    ],
    ['an id that is not there', table, { id: 'ID ' }, /no column "ID " for the id/],
    ['the label as id', table, { id: 'left' }, /is the label/],
    [
      'a positive value that never comes',
      table,
      { positive: 'Yes' },
      /never holds "Yes"\. Did you mean "yes"\? Its values: "no" \(30 rows\), "yes" \(30 rows\)/,
    ],
    ['a label of many values', table, { label: 'age', positive: '1' }, /has 9 different values/],
    ['a label of one value', table.replaceAll('no', 'yes'), {}, /has 1 different value: "yes" \(60 rows\)/],
    [
      'a label that is blank',
      table.replaceAll('yes', '').replaceAll('no', ''),
      {},
      /never holds "yes".*it is blank/,
    ],
    ['a header only', 'id,age,left\n', {}, /no rows/],
    [
      'nothing to learn from',
      table.replaceAll(/,\d,/g, ',7,'),
      {},
      /no column to learn from: "age": it is constant \("7"\)/,
    ],
    ['a name that is none', table, { name: '../x' }, /is not a model's name/],
  ];
  for (const [what, content, input, message] of refused)
    it(`refuses ${what}`, async () => {
      await assert.rejects(draftContent(content, input), expectError('invalidArgument', message));
    });

  it('refuses a file that is not there', async () => {
    await assert.rejects(
      draftProject({
        path: join(dirname(import.meta.dirname), 'none.csv'),
        name: 'none',
        label: 'a',
        positive: 'b',
      }),
      expectError('notFound', /none\.csv does not exist/),
    );
  });
});
