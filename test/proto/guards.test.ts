import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// What callers rely on: the style of the .proto files, and that nothing that was released is taken away. proto/released.binpb is
// the image of the last release (CONTRIBUTING.md says how it is made).

const released = resolve('proto/released.binpb');

const buf = (folder: string, ...args: string[]) =>
  promisify(execFile)(resolve('node_modules/.bin/buf'), args, {
    cwd: folder,
    env: { ...process.env, PATH: [resolve('node_modules/.bin'), process.env.PATH].join(delimiter) },
  });

/** A copy of the protos that a test may spoil. */
const withCopy = (test: (folder: string) => Promise<void>): Promise<void> =>
  withTemporaryFolder(async folder => {
    await cp('proto', join(folder, 'proto'), { recursive: true });
    await cp('buf.yaml', join(folder, 'buf.yaml'));
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await test(folder);
  });

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  assert.ok(text.includes(from), `${file} does not hold ${from}`);
  await writeFile(file, text.replace(from, to));
}

describe('the .proto files', () => {
  it('pass buf lint', async () => {
    const { stdout } = await buf('.', 'lint');
    assert.equal(stdout, '');
  });

  it('take nothing away that was released', async () => {
    const { stdout } = await buf('.', 'breaking', '--against', released);
    assert.equal(stdout, '');
  });

  for (const [what, from, to] of [
    ['a field that is renamed', 'repeated double probabilities = 5;', 'repeated double probability = 5;'],
    ['a field of another type', 'int32 model_version = 2;', 'string model_version = 2;'],
    ['a method that is gone', 'rpc Explain(ExplainRequest)', 'rpc Explained(ExplainRequest)'],
  ] as const)
    it(`would be refused with ${what}`, () =>
      withCopy(async folder => {
        await change(join(folder, 'proto/holdfast/v1/prediction.proto'), from, to);
        await assert.rejects(buf(folder, 'breaking', '--against', released), { stdout: /prediction\.proto/ });
      }));
});
