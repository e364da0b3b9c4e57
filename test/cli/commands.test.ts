import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledFailure, Context } from '@temporalio/activity';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { RunServiceService } from '../../proto/gen/holdfast/v1/run.ts';
import { type HoldfastOptions, runHoldfast } from '../support/runHoldfast.ts';
import { goodInstance } from '../support/smallModel.ts';
import { TEST_KEY, testKey } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withControl } from '../support/withControl.ts';
import { shareSystem } from '../support/withSystem.ts';

/** What a command prints with --json. */
async function json(args: readonly string[], options: HoldfastOptions): Promise<unknown> {
  const { code, stdout, stderr } = await runHoldfast([...args, '--json'], options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as unknown;
}

const prediction = z.strictObject({
  model: z.literal('churn'),
  modelVersion: z.number(),
  threshold: z.number(),
  predictions: z.array(z.string()),
  probabilities: z.array(z.number()),
  predictionId: z.uuidv7(),
  arm: z.literal(''),
});

describe('holdfast predict', () => {
  const onSystem = shareSystem();

  it('takes an argument, standard input, a file and --set alike', async () => {
    await onSystem(async ({ addresses, home }) => {
      const text = JSON.stringify(goodInstance);
      await writeFile(join(home, 'many.ndjson'), `${text}\n${text}\n`);
      const settings = Object.entries(goodInstance).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
      const one = prediction.parse(await json(['predict', text], addresses));
      assert.deepEqual([one.modelVersion, one.predictions], [1, ['Yes']]);
      for (const [args, stdin] of [[['-'], text], [settings], [[`{"instances":[${text}]}`]]] as const) {
        const same = prediction.parse(await json(['predict', ...args], { ...addresses, stdin }));
        assert.notEqual(same.predictionId, one.predictionId);
        assert.deepEqual({ ...same, predictionId: one.predictionId }, one);
      }
      const two = prediction.parse(
        await json(['predict', '--file', 'many.ndjson', '--version', '2'], { ...addresses, directory: home }),
      );
      assert.deepEqual([two.modelVersion, two.predictions.length], [2, 2]);
      assert.notEqual(two.probabilities[0], one.probabilities[0]);
      const { stdout } = await runHoldfast(['predict', text], addresses);
      assert.match(stdout, /^ROW +LABEL +PROBABILITY +MODEL +VERSION\n +1 +Yes +0\.\d{4} +churn +1\n$/);
    });
  });

  it('passes on what the server says of each column, and suggests for --set', async () => {
    await onSystem(async ({ addresses }) => {
      const bad = await runHoldfast(['predict', JSON.stringify({ ...goodInstance, tenure: 200 })], addresses);
      assert.equal(bad.code, 2);
      assert.match(bad.stderr, /instances\[0\]\.tenure: expected a whole number from 0 to 120, got 200/);
      const mistyped = await runHoldfast(['predict', '--set', 'tenur=5', '--set', 'charges'], addresses);
      assert.equal(mistyped.code, 2);
      assert.match(mistyped.stderr, /no column tenur\. Did you mean "tenure"\?/);
      assert.match(mistyped.stderr, /--set charges: expected COLUMN=VALUE/);
      const absent = await runHoldfast(['predict', '{}', '--model', 'chrun'], addresses);
      assert.equal(absent.code, 3, absent.stderr);
    });
  });
});

const explained = z.looseObject({
  method: z.literal('linear_exact'),
  space: z.literal('log_odds'),
  baseValue: z.number(),
  explanations: z.array(
    z.looseObject({
      score: z.number(),
      contributions: z.array(
        z.strictObject({
          column: z.string(),
          value: z.union([z.string(), z.number()]),
          typicalValue: z.null(),
          contribution: z.number(),
          standardError: z.literal(0),
        }),
      ),
    }),
  ),
});

describe('holdfast explain', () => {
  const onSystem = shareSystem();

  it('prints a table of signed bars, the largest first, and the answer with --json', async () => {
    await onSystem(async ({ addresses }) => {
      const text = JSON.stringify(goodInstance);
      const { baseValue, explanations } = explained.parse(await json(['explain', text], addresses));
      const [{ score, contributions }] = explanations;
      assert.equal(explanations.length, 1);
      const sum = contributions.reduce((total, { contribution }) => total + contribution, baseValue);
      assert.ok(Math.abs(sum - score) < 1e-5);
      assert.deepEqual(contributions.map(({ column, value }) => [column, value]).slice(0, 2), [
        ['tenure', goodInstance.tenure],
        ['charges', goodInstance.charges],
      ]);
      const { stdout } = await runHoldfast(['explain', text], addresses);
      assert.match(stdout, /^Yes, probability 0\.\d{4} \(churn version 1, linear_exact\)\nlog-odds /);
      assert.match(
        stdout,
        /\nCOLUMN +VALUE +TYPICAL +CONTRIBUTION +TOWARDS\ntenure +5 +- +\+0\.\d{4} +│█{10}\n/,
      );
      const bad = await runHoldfast(['explain', JSON.stringify({ ...goodInstance, tenure: 200 })], addresses);
      assert.deepEqual([bad.code, /instances\[0\]\.tenure/.test(bad.stderr)], [2, true]);
    });
  });
});

describe('holdfast models, datasets and status', () => {
  const onSystem = shareSystem();

  it('prints canonical JSON of stable shape, and tables', async () => {
    await onSystem(async ({ addresses }) => {
      assert.deepEqual(await json(['models', 'list'], addresses), {
        models: [{ name: 'churn', versionCount: 2, productionVersion: 1, etag: 'p1s0' }],
        // As over REST; the command has read every page.
        nextPageToken: '',
      });
      const shown = z
        .looseObject({ version: z.literal(2), aliases: z.array(z.string()), createTime: z.iso.datetime() })
        .parse(await json(['models', 'show', 'churn', '2'], addresses));
      assert.deepEqual(shown.aliases, []);
      const list = await runHoldfast(['models', 'show', 'churn'], addresses);
      assert.match(list.stdout, /VERSION +ALIASES +TRAINER/);
      assert.match(list.stdout, /1 +production +trainer1 +0\.8500/);
      const one = await runHoldfast(['models', 'show', 'churn', 'production'], addresses);
      assert.match(one.stdout, /tenure +number +0 … 120, whole +reject/);
      assert.match(one.stdout, /logLoss +0\.4100 +0\.4150 ± 0\.0100/);
      const history = z
        .object({ events: z.array(z.looseObject({ toVersion: z.number() })) })
        .parse(await json(['models', 'history', 'churn'], addresses));
      assert.deepEqual(
        history.events.map(({ toVersion }) => toVersion),
        [1],
      );
      const datasets = await runHoldfast(['datasets', 'show', 'churn'], addresses);
      assert.match(datasets.stdout, /rows +98 of 100, 2 quarantined/);
      assert.match(datasets.stdout, /3 +tenure +"-1" +at least 0/);
    });
  });

  const refused: [string, string[], number, RegExp][] = [
    ['an unknown model', ['models', 'show', 'chrun'], 3, /Did you mean "churn"/],
    ['an unknown version', ['models', 'show', 'churn', '9'], 3, /no version 9/],
    ['an unknown run', ['runs', 'show', 'nothing'], 1, /Temporal at 127\.0\.0\.1:1 does not answer/],
    [
      'a rollback of the first version',
      ['models', 'rollback', 'churn'],
      1,
      /no version of churn to roll back/,
    ],
  ];
  for (const [what, args, exit, message] of refused)
    it(`answers ${what} with exit code ${exit}`, async () => {
      await onSystem(async ({ addresses }) => {
        const { code, stdout, stderr } = await runHoldfast(args, addresses);
        assert.deepEqual([code, stdout], [exit, ''], stderr);
        assert.match(stderr, message);
      });
    });

  it('shows what is up, and exits 1 when something is not', async () => {
    await onSystem(async ({ addresses }) => {
      const { code, stdout } = await runHoldfast(['status', '--json'], {
        ...addresses,
        environment: { HOLDFAST_HTTP_PORT: '1' },
      });
      assert.equal(code, 1);
      const { components, models } = z
        .object({
          components: z.array(
            z.strictObject({ name: z.string(), up: z.boolean(), address: z.string(), detail: z.string() }),
          ),
          models: z.array(z.looseObject({ name: z.string() })),
          urls: z.record(z.string(), z.string()),
        })
        .parse(JSON.parse(stdout));
      assert.deepEqual(Object.fromEntries(components.map(({ name, up }) => [name, up])), {
        control: true,
        postgresql: true,
        temporal: false,
        worker: false,
        inference: true,
        gateway: false,
      });
      assert.deepEqual(
        models.map(({ name }) => name),
        ['churn'],
      );
    });
  });

  it('says that control is up where it only refuses who asks, and exits 6', async () => {
    await onSystem(async ({ addresses }) => {
      const { code, stdout } = await runHoldfast(['status', '--json'], {
        ...addresses,
        environment: { HOLDFAST_API_KEY: testKey('unknown') },
      });
      const { components } = z
        .object({ components: z.array(z.object({ name: z.string(), up: z.boolean(), detail: z.string() })) })
        .parse(JSON.parse(stdout));
      const control = components.find(({ name }) => name === 'control');
      assert.equal(control?.up, true);
      assert.match(control.detail, /refused to say more: .*not good here/);
      assert.ok(code === 1 || code === 6, 'the gateway is not there');
    });
  });

  it('says of every part that it is down where nothing runs', async () => {
    const { code, stdout } = await runHoldfast(['status'], { environment: { HOLDFAST_HTTP_PORT: '1' } });
    assert.equal(code, 1);
    for (const part of ['control', 'inference', 'gateway'])
      assert.match(stdout, new RegExp(`^${part} +DOWN +127\\.0\\.0\\.1:1 `, 'm'));
  });
});

describe('holdfast train and runs', () => {
  it('waits for a run and prints it', function () {
    return withControl(this, async ({ address: control, startWorker }) => {
      await startWorker({
        moveAlias: async () => ({ previousVersion: null, time: '2026-01-01T00:00:00.000Z' }),
      });
      const { code, stdout, stderr } = await runHoldfast(
        ['train', '--wait', '--json', '--workflow-id', 't1'],
        { control },
      );
      assert.equal(code, 0, stderr);
      const run = z
        .looseObject({
          workflowId: z.literal('t1'),
          trigger: z.literal('cli'),
          status: z.literal('RUN_STATUS_SUCCEEDED'),
          result: z.looseObject({ promotedTo: z.literal('production') }),
        })
        .parse(JSON.parse(stdout));
      assert.match(stderr, /^t1: /m, 'progress is on stderr');
      const listed = z
        .object({ runs: z.array(z.looseObject({ id: z.string() })) })
        .parse(await json(['runs', 'list'], { control }));
      assert.deepEqual(
        listed.runs.map(({ id }) => id),
        [run.id],
      );
      const late = await runHoldfast(['runs', 'cancel', 't1'], { control });
      assert.equal(late.code, 5);
      assert.match(late.stderr, /has already succeeded/);
    });
  });

  it('detaches on Ctrl-C, says that the run goes on, and cancels when told to', function () {
    return withControl(this, async ({ address: control, startWorker, temporal }) => {
      await startWorker({
        trainCandidate: async () => {
          const { cancellationSignal, heartbeat } = Context.current();
          const beating = setInterval(heartbeat, 50);
          try {
            await once(cancellationSignal, 'abort');
            throw new CancelledFailure('stopped');
          } finally {
            clearInterval(beating);
          }
        },
      });
      const { code, stdout, stderr } = await runHoldfast(['train', '--wait', '--workflow-id', 't2'], {
        control,
        onStderr: (chunk, interrupt) => {
          if (chunk.includes('training the candidates')) interrupt();
        },
      });
      assert.deepEqual([code, stdout], [130, ''], stderr);
      assert.match(stderr, /The run t2 goes on\..*holdfast runs watch t2.*holdfast runs cancel t2/);
      const { status } = await temporal.workflow.getHandle('t2').describe();
      assert.equal(status.name, 'RUNNING');
      const cancelled = await runHoldfast(['runs', 'cancel', 't2'], { control });
      assert.equal(cancelled.code, 0, cancelled.stderr);
      const watched = await runHoldfast(['runs', 'watch', 't2'], { control });
      assert.equal(watched.code, 1, watched.stderr);
      assert.match(watched.stdout, /status +cancelled/);
    });
  });

  it('ends a run that it waits for with the exit code of what it failed by', function () {
    return withControl(this, async ({ address: control, startWorker }) => {
      await startWorker({
        ingest: async () => {
          throw new HoldfastError('invalidArgument', 'table.csv lacks the column Churn.');
        },
      });
      const { code, stdout, stderr } = await runHoldfast(['train', '--wait'], { control });
      assert.equal(code, 2, stderr);
      assert.match(stdout, /error +table\.csv lacks the column Churn\./);
    });
  });

  it('refuses an unknown model, and takes a path relative to where it is called', function () {
    return withControl(this, async ({ address: control }) => {
      const unknown = await runHoldfast(['train', '--model', 'chrun'], { control });
      assert.equal(unknown.code, 3);
      assert.match(unknown.stderr, /Did you mean "churn"/);
      const { code, stderr } = await runHoldfast(['train', '--data', 'package.json', '--workflow-id', 't3'], {
        control,
      });
      assert.equal(code, 0, stderr);
      assert.match(stderr, /Follow it with `\.\/holdfast runs watch t3`/);
      const runs = createGrpcClient(RunServiceService, {
        address: control,
        peer: 'control',
        secret: TEST_KEY,
      });
      await waitUntil(
        'the run',
        async () => (await runs.get({ run: 't3' })).stage === 'waiting for a worker',
      );
      runs.close();
    });
  });
});
