import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { sha256 } from '../../platform/sha256.ts';
import churn from '../../projects/churn.ts';
import { listProjects, loadProject } from '../../projects/loadProject.ts';
import { expectError } from '../support/expectError.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

const write = (folder: string, file: string, content: string): Promise<void> =>
  writeFile(join(folder, file), content);

const project = (name: string, seed = 1): string =>
  `export default { name: '${name}', label: { column: 'left', positive: 'yes', negative: 'no' }, columns: { age: { kind: 'number' } }, seed: ${seed} };`;

describe('loadProject', () => {
  it('loads the project that ships with Holdfast, and its digest', async () => {
    const { definition, digest } = await loadProject('churn');
    assert.deepEqual(definition, churn);
    assert.equal(digest, sha256(canonicalJson(churn)));
  });

  it('fills in defaults, and lists only what is named like a model', async () => {
    await withTemporaryFolder(async folder => {
      await write(folder, 'bank.ts', project('bank'));
      await write(folder, 'zoo-2.ts', project('zoo-2'));
      await write(folder, 'loadSomething.ts', '');
      await write(folder, 'notes.md', '');
      await mkdir(join(folder, 'folder.ts'));
      assert.deepEqual(await listProjects(folder), ['bank', 'zoo-2']);
      const { definition } = await loadProject('bank', folder);
      assert.equal(definition.columns.age.missing, 'reject');
      assert.equal(definition.maximumQuarantinedShare, 0.05);
    });
  });

  it('reads an edited file anew', async () => {
    await withTemporaryFolder(async folder => {
      await write(folder, 'bank.ts', project('bank', 1));
      const before = await loadProject('bank', folder);
      await write(folder, 'bank.ts', project('bank', 23));
      const after = await loadProject('bank', folder);
      assert.deepEqual([before.definition.seed, after.definition.seed], [1, 23]);
      assert.notEqual(before.digest, after.digest);
    });
  });

  for (const name of [
    '../secret',
    '/etc/passwd',
    'a/b',
    'Churn',
    '',
    'a.b',
    'x\0',
    '-a',
    'a'.repeat(64),
    '__proto__',
  ])
    it(`refuses ${JSON.stringify(name.slice(0, 20))} before it touches the file system`, async () => {
      await assert.rejects(
        loadProject(name, '/nowhere'),
        expectError('invalidArgument', /is not a model's name/),
      );
    });

  it('lists what there is for an unknown name', async () => {
    await withTemporaryFolder(async folder => {
      await write(folder, 'bank.ts', project('bank'));
      await assert.rejects(
        loadProject('bnak', folder),
        expectError('notFound', /"bnak".*Did you mean "bank"\? There are: bank\. Draft one with/),
      );
    });
  });

  const broken: readonly [string, string, RegExp][] = [
    ['throws', `throw new Error('out of order');`, /cannot be imported: out of order/],
    ['does not parse', 'export default {', /cannot be imported/],
    ['imports what is not there', `import './none.ts';`, /cannot be imported: .*none\.ts/],
    ['has no default export', 'export const project = 1;', /has no default export/],
    ['defines something else', 'export default 42;', /is not a project definition/],
    [
      'breaks the schema',
      project('bank').replace('number', 'numeral'),
      /is not a project definition[^]*columns\.age/,
    ],
    [
      'has a key that is mistyped',
      project('bank').replace('seed', 'sede'),
      /is not a project definition:\n✖ Unknown key "sede"\. Did you mean "seed"\?$/,
    ],
    [
      'has a key that nobody knows in a column',
      project('bank').replace("kind: 'number'", "kind: 'number', maxx: 5, colour: 'red'"),
      /Unknown key "maxx" in columns\.age\. Did you mean "max"\?\n✖ Unknown key "colour" in columns\.age\. Expected one of: kind, min, max, integer, missing, levels\.$/,
    ],
    [
      'defines by defineProject what has a mistyped key',
      `import { defineProject } from ${JSON.stringify(new URL('../../ml/definition/defineProject.ts', import.meta.url).href)}; ${project('bank').replace('default {', 'default defineProject({').replace(/ };$/, ', split: { fold: 3 } });')}`,
      /bank\.ts is not a valid project definition:\n✖ Unknown key "fold" in split\. Did you mean "folds"\?$/,
    ],
    ['defines another name', project('bunk'), /defines a project named "bunk", expected "bank"/],
  ];
  for (const [name, content, message] of broken)
    it(`says where a file ${name}`, async () => {
      await withTemporaryFolder(async folder => {
        await write(folder, 'bank.ts', content);
        await assert.rejects(loadProject('bank', folder), expectError('invalidArgument', message));
      });
    });
});
