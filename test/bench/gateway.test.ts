import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { absent, requirePeer } from '../peers/requirePeer.ts';
import { lineOfRounds } from './support/measured.ts';

// That the gateway's bench loads all three sides with calls that succeed, not how fast they are.

const run = promisify(execFile);
const output = z.object({ lines: z.array(z.object(lineOfRounds)) });

describe('npm run bench -- gateway', () => {
  it('loads REST, the gRPC behind it and FastAPI with the same customers, and no call fails', async function () {
    if (!existsSync('/proc/self/stat'))
      absent(this, '/proc, by which processes are measured,', 'run it on Linux');
    // MLflow brings the FastAPI that the bench else installs.
    requirePeer(this, 'uvicorn');
    const args = ['bench/run.ts', 'gateway', '--quick', '--json'];
    const { lines } = output.parse(JSON.parse((await run(process.execPath, args)).stdout));
    assert.deepEqual(lines.map(({ side }) => side).sort(), ['FastAPI', 'REST', 'gRPC']);
  });

  it('says what it takes', async () => {
    const refused = [['--fast'], ['--seconds', '0'], ['--rounds', '0']].map(option =>
      assert.rejects(run(process.execPath, ['bench/run.ts', 'gateway', ...option]), {
        code: 2,
        stderr: /npm run bench -- gateway/,
      }),
    );
    await Promise.all(refused);
  });
});
