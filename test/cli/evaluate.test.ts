import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { metricNames } from '../../ml/definition/ProjectDefinition.ts';
import { meanSd } from '../../ml/evaluation/meanSd.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { sha256 } from '../../platform/sha256.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// `./holdfast evaluate` in a process of its own: no server is there, and the temporary folder tells what it leaves behind.

const meanSdShape = z.object({ mean: z.number(), sd: z.number() });
const metrics = z.object(Object.fromEntries(metricNames.map(name => [name, z.number()])));
const shape = z.object({
  model: z.literal('churn'),
  recipe: z.literal('holdfast'),
  data: z.object({ digest: z.string(), rows: z.number(), quarantined: z.number() }).loose(),
  splits: z.array(
    z.object({
      seed: z.number(),
      champion: z.string(),
      candidates: z.array(
        z.object({
          trainer: z.string(),
          metrics,
          crossValidation: z.record(z.string(), meanSdShape),
          seconds: z.number(),
        }),
      ),
    }),
  ),
  summary: z.array(
    z.object({
      candidate: z.string(),
      chosen: z.number(),
      metrics: z.object(Object.fromEntries(metricNames.map(name => [name, meanSdShape]))),
      seconds: meanSdShape,
    }),
  ),
});

const names = ['logisticRegression', 'randomForest', 'gradientBoosting', 'multilayerPerceptron', 'blend'];

interface World {
  readonly data: string;
  readonly run: (
    args: readonly string[],
    onStderr?: (chunk: string, interrupt: () => void) => void,
  ) => ReturnType<typeof runHoldfast>;
  /** What lies in the folder of temporary files, but for Node's own cache. */
  readonly left: () => Promise<string[]>;
}

const withTable = <T>(rows: number, test: (world: World) => Promise<T>): Promise<T> =>
  withTemporaryFolder(async folder => {
    const data = join(folder, 'table.csv');
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    await writeFile(data, [...telcoCsv(simulateTelco({ rows, seed: 3 }))].join(''));
    return test({
      data,
      run: (args, onStderr) =>
        runHoldfast(['evaluate', '--data', data, ...args], {
          environment: {
            TMPDIR: temporary,
            HOLDFAST_HOME: join(folder, 'home'),
            HOLDFAST_TRAINING_THREADS: '2',
          },
          onStderr,
        }),
      left: async () => (await readdir(temporary)).filter(name => name.startsWith('holdfast-')),
    });
  });

describe('holdfast evaluate', () => {
  it('measures every candidate and the champion on splits of their own, as a table and as JSON', () =>
    withTable(300, async ({ data, run, left }) => {
      const asJson = await run(['--splits', '2', '--seed', '4', '--json']);
      assert.equal(asJson.code, 0, asJson.stderr);
      const { splits, summary, ...found } = shape.parse(JSON.parse(asJson.stdout));
      assert.equal(found.data.digest, sha256(await readFile(data)));
      assert.equal(found.data.rows, 300);
      assert.deepEqual(
        splits.map(({ seed }) => seed),
        [4, 5],
      );
      for (const { candidates, champion } of splits) {
        assert.deepEqual(
          candidates.map(({ trainer }) => trainer),
          names,
        );
        assert.ok(names.includes(champion));
        for (const { crossValidation, seconds } of candidates)
          assert.ok(seconds > 0 && (crossValidation.logLoss?.mean ?? 0) > 0.1);
      }
      assert.notDeepEqual(splits[0].candidates[0].metrics, splits[1].candidates[0].metrics);

      assert.deepEqual(
        summary.map(({ candidate }) => candidate),
        ['champion', ...names],
      );
      for (const { candidate, chosen, ...summed } of summary) {
        const own = splits.flatMap(({ champion, candidates }) =>
          candidates.filter(({ trainer }) => trainer === (candidate === 'champion' ? champion : candidate)),
        );
        for (const name of metricNames)
          assert.deepEqual(summed.metrics[name], meanSd(own.map(each => each.metrics[name] ?? 0)));
        const isChosen = ({ champion }: { champion: string }): boolean =>
          candidate === 'champion' || champion === candidate;
        assert.equal(chosen, splits.filter(isChosen).length);
      }
      assert.match(asJson.stderr, /split 2 of 2: blend +ROC AUC 0\.\d{4}, log-loss 0\.\d{4}/);
      assert.deepEqual(await left(), []);

      const asTable = await run(['--splits', '2', '--seed', '4']);
      assert.equal(asTable.code, 0, asTable.stderr);
      const { mean, sd } = summary[5].metrics.logLoss;
      const line = asTable.stdout.split('\n').find(each => each.startsWith('logLoss'));
      assert.ok(
        line?.endsWith(`  ${mean.toFixed(4)} ± ${sd.toFixed(4)}`),
        `${line} of a second run, the first one's blend had ${mean}`,
      );
    }));

  it('ends with 130 at Ctrl-C, at once, and leaves nothing behind', () =>
    withTable(3000, async ({ run, left }) => {
      const { code, stdout, stderr } = await run(['--splits', '50'], (chunk, interrupt) => {
        if (chunk.includes('rows')) interrupt();
      });
      assert.equal(code, 130, stderr);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /^[^\n]*3,000 rows, 0 quarantined\n$/,
        'no candidate was finished, and nothing else was said',
      );
      assert.deepEqual(await left(), []);
    }));

  it('refuses a table that is no such table, as training would', () =>
    withTable(300, async ({ data, run, left }) => {
      await writeFile(data, 'customerID,tenure\nA,1\nB,2\n');
      const { code, stdout, stderr } = await run(['--json']);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /table\.csv.*Churn/s);
      assert.deepEqual(await left(), []);
    }));
});
