import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// What is committed under proto/gen is what today's .proto files generate, to the byte.

const committed = 'proto/gen';
const execute = promisify(execFile);

/** buf of the checkout, which finds its plugin on PATH: nothing comes from the network. */
const buf = (...args: string[]) =>
  execute(resolve('node_modules/.bin/buf'), args, {
    env: { ...process.env, PATH: [resolve('node_modules/.bin'), process.env.PATH].join(delimiter) },
  });

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('proto/gen', () => {
  it('is what the .proto files generate', async () => {
    await withTemporaryFolder(async folder => {
      await buf('generate', '--output', folder);
      const fresh = join(folder, committed);
      await buf('build', '--output', join(fresh, 'descriptors.binpb'));
      assert.deepEqual(filesOf(fresh), filesOf(committed));
      const stale = filesOf(fresh).filter(
        file => !readFileSync(join(fresh, file)).equals(readFileSync(join(committed, file))),
      );
      assert.deepEqual(stale, [], 'run `npm run gen` and commit what it changes');
    });
  });
});
