import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { readServingOptions } from '../../bench/serving/readServingOptions.ts';
import { absent } from '../peers/requirePeer.ts';
import { lineOfRounds } from './support/measured.ts';

// That the serving bench loads each server with calls that succeed, not how fast they are.

const run = promisify(execFile);
const line = z.object({ name: z.string(), ...lineOfRounds });
const output = z.object({ processes: z.literal(2), rounds: z.literal(2), lines: z.array(line) });

describe('npm run bench -- serving', () => {
  it('loads the echo, the bare server and Holdfast with the same calls, none of which fails', async function () {
    if (!existsSync('/proc/self/stat'))
      absent(this, '/proc, by which processes are measured,', 'run it on Linux');
    const args = ['bench/run.ts', 'serving', '--quick', '--json', '--trainer', 'logisticRegression'];
    const { lines } = output.parse(JSON.parse((await run(process.execPath, args)).stdout));
    assert.deepEqual(
      Object.entries(Object.groupBy(lines, ({ name }) => name)).map(([name, sides = []]) => [
        name,
        ...sides.map(({ side }) => side),
      ]),
      [
        ['1 row, 16 in flight', 'echo', 'onnx', 'holdfast'],
        ['1,000 rows as columns, 4 in flight', 'echo', 'holdfast'],
        ['1 row, 16 in flight, beside bulk', 'holdfast', 'beside Predict', 'beside PredictStream', 'echo'],
        ['ModelInfer of 1,000 rows, 2 in flight', 'runtime', 'holdfast'],
        ['1 row, 16 in flight, hot swaps', 'holdfast', 'while swapped'],
      ],
    );
    for (const { side, measured: each, rounds } of lines) {
      assert.ok(each.p50Ms <= each.p95Ms && each.p95Ms <= each.p99Ms);
      assert.equal(rounds.length, 2);
      assert.equal(each.besideRowsPerSecond > 0, side.startsWith('beside '));
      assert.equal(each.swapsMs.length, side === 'while swapped' ? 4 : 0);
    }
  });

  it('says what it takes', async () => {
    await assert.rejects(run(process.execPath, ['bench/run.ts', 'serving', '--fast']), {
      code: 2,
      stderr: /npm run bench -- serving/,
    });
    for (const [option, value] of [
      ['--processes', '0'],
      ['--seconds', 'x'],
      ['--rounds', '1.5'],
      ['--swaps', '0'],
      ['--trainer', 'oracle'],
      ['--sides', 'echo,nobody'],
      ['--only', 'no such case'],
    ])
      assert.throws(() => readServingOptions([option, value]), {
        name: 'TypeError',
        message: new RegExp(`^${option} is .*; expected `),
      });
  });

  it('takes some cases, and some sides of them', () => {
    const { cases } = readServingOptions(['--only', 'in flight', '--sides', 'holdfast,runtime']);
    assert.ok(cases.length > 3);
    for (const { sides } of cases)
      for (const { side } of sides) assert.ok(['holdfast', 'runtime'].includes(side), side);
  });
});
