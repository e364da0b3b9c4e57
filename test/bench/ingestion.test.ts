import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { ingestedOnce } from '../../bench/ingestion/IngestionLine.ts';
import churn from '../../projects/churn.ts';

// That the ingestion bench takes whole files in, not what it takes.

const run = promisify(execFile);
const output = z.object({
  lines: z.array(
    ingestedOnce.extend({ addedBytesPerRow: z.number().nullable(), tableBytesPerRow: z.number() }),
  ),
});

describe('npm run bench -- ingestion', () => {
  it('takes files of several lengths in, each in a process of its own', async () => {
    const { stdout } = await run(process.execPath, ['bench/run.ts', 'ingestion', '--quick', '--json']);
    const { lines } = output.parse(JSON.parse(stdout));
    assert.deepEqual(
      lines.map(({ rows, addedBytesPerRow }) => [rows, addedBytesPerRow === null]),
      [
        [2000, true],
        [4000, false],
      ],
    );
    // Four bytes a value, four of the id's hash and one of the label; the levels' names come on top.
    const least = 4 * Object.keys(churn.columns).length + 5;
    for (const { tableBytesPerRow, peakMegabytes, idleMegabytes } of lines) {
      assert.ok(tableBytesPerRow >= least && tableBytesPerRow < least + 2, `${tableBytesPerRow}`);
      assert.ok(peakMegabytes > idleMegabytes);
    }
  });

  it('says what it takes', async () => {
    await assert.rejects(run(process.execPath, ['bench/run.ts', 'ingestion', '--rows', '5']), {
      code: 2,
      stderr: /npm run bench -- ingestion/,
    });
  });
});
