import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { waitUntil } from '../../support/waitUntil.ts';

// A process that never comes back to its event loop, as one that is stuck in native code, ends all the same.

const stuck = (parent: string, limitMs: number): string => `
  const { endWithParent } = await import(${JSON.stringify(pathToFileURL(resolve('activities/adoption/endWithParent.ts')).href)});
  endWithParent({ parent: ${parent}, limitMs: ${limitMs} });
  process.stdout.write(process.pid + '\\n');
  for (;;);`;
const run = (script: string) =>
  spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });

describe('endWithParent', () => {
  it('ends a stuck process when its time is up', async () => {
    const child = run(stuck(String(process.pid), 300));
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL');
  });

  it('ends a stuck process when its parent is killed', async () => {
    const script = stuck('process.ppid', 600_000);
    const parent = run(`
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(script)}], { stdio: ['ignore', 'inherit', 'inherit'] });
      setInterval(() => undefined, 1000);`);
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const pid = Number(line);
    try {
      assert.ok(isAlive(pid));
      parent.kill('SIGKILL');
      await waitUntil('the end of the stuck process', () => !isAlive(pid));
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
  });

  it('keeps nothing alive', async () => {
    const child = run(stuck('process.ppid', 600_000).replace('for (;;);', ''));
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
