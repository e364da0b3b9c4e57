import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { prepareHome } from '../../platform/supervisor/prepareHome.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('prepareHome', () => {
  const folder = temporaryFolder();

  it('makes a home of folders that only their owner enters, but for the way to PostgreSQL', () => {
    const home = join(folder, 'deep', 'home');
    prepareHome(home);
    assert.equal(mode(home), '711');
    assert.deepEqual(Object.fromEntries(readdirSync(home).map(name => [name, mode(join(home, name))])), {
      artifacts: '700',
      cache: '700',
      credentials: '700',
      data: '700',
      inference: '700',
      logs: '700',
      postgres: '711',
      quarantine: '700',
      run: '700',
      temporal: '700',
    });
  });

  it('closes folders that everybody could enter, and leaves a home and a group that the user let in', () => {
    const home = join(folder, 'older');
    for (const [path, before] of [
      [home, 0o755],
      [join(home, 'artifacts'), 0o755],
      [join(home, 'quarantine'), 0o750],
    ] as const) {
      mkdirSync(path);
      chmodSync(path, before);
    }
    prepareHome(home);
    assert.deepEqual(
      ['', 'artifacts', 'quarantine'].map(name => mode(join(home, name))),
      ['755', '700', '750'],
    );
  });
});
