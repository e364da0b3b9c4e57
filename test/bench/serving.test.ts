import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { absent } from '../peers/requirePeer.ts';
import { measured } from './support/measured.ts';

// That the serving bench loads each server with calls that succeed, not how fast they are.

const run = promisify(execFile);
const line = z.object({ rows: z.number(), side: z.string(), measured });
const output = z.object({ processes: z.literal(2), lines: z.array(line) });

describe('npm run bench -- serving', () => {
  it('loads the echo, the bare server and Holdfast with the same calls, none of which fails', async function () {
    if (!existsSync('/proc/self/stat'))
      absent(this, '/proc, by which processes are measured,', 'run it on Linux');
    const args = ['bench/run.ts', 'serving', '--quick', '--json', '--trainer', 'logisticRegression'];
    const { lines } = output.parse(JSON.parse((await run(process.execPath, args)).stdout));
    assert.deepEqual(
      lines.map(({ rows, side }) => `${rows} ${side}`),
      [
        '1 echo',
        '1 onnx',
        '1 holdfast',
        '1000 echo',
        '1000 holdfast',
        '1 holdfast',
        '1000 runtime',
        '1000 holdfast',
      ],
    );
    for (const { measured: each } of lines) assert.ok(each.p50Ms <= each.p95Ms && each.p95Ms <= each.p99Ms);
  });

  it('says what it takes', async () => {
    for (const option of [['--fast'], ['--processes', '0'], ['--seconds', 'x'], ['--trainer', 'oracle']])
      await assert.rejects(run(process.execPath, ['bench/run.ts', 'serving', ...option]), {
        code: 2,
        stderr: /npm run bench -- serving/,
      });
  });
});
