import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import type { Database } from '../../db/Database.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type Experiment, ExperimentStatus } from '../../proto/gen/holdfast/v1/experiment.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { recordRun, registerSamples, sampleCandidate } from '../support/registrySamples.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

const arm = (name: string, version: string, weightPercent: number, shadow = false) => ({
  name,
  version,
  weightPercent,
  shadow,
});
const two = [arm('A', 'production', 80), arm('B', '2', 20)];
const request = (changes: object = {}) => ({
  model: '',
  name: 'simpler',
  arms: two,
  salt: '',
  reason: 'is it enough?',
  ...changes,
});
const armsOf = ({ arms }: Experiment): unknown[] =>
  arms.map(({ name, version, weightPercent, shadow }) => [name, version, weightPercent, shadow]);

const withVersions = (
  test: Mocha.Context,
  work: (world: ControlWorld, database: Database) => Promise<void>,
): Promise<void> =>
  withControl(test, async world => {
    const { database } = world;
    await registerSamples(database, 3);
    await moveAlias(database, {
      model: 'churn',
      alias: 'production',
      version: 3,
      actor: 'test',
      reason: '',
      operationId: 'o',
    });
    await work(world, database);
  });

describe('ExperimentService', () => {
  it('starts, adjusts with the fewest moves, shows the history, lists and stops', function () {
    return withVersions(this, async ({ experiments }) => {
      const started = await experiments.start(
        request({
          arms: [arm('A', 'production', 50), arm('B', '1', 30), arm('C', '2', 20), arm('S', '3', 0, true)],
        }),
      );
      assert.deepEqual(armsOf(started), [
        ['A', 'production', 50, false],
        ['B', '1', 30, false],
        ['C', '2', 20, false],
        ['S', '3', 0, true],
      ]);
      assert.deepEqual(
        [started.model, started.salt, started.revision, started.status],
        ['churn', 'churn/simpler', 1, ExperimentStatus.EXPERIMENT_STATUS_RUNNING],
      );
      const weights = [
        { arm: 'C', weightPercent: 30 },
        { arm: 'B', weightPercent: 30 },
        { arm: 'A', weightPercent: 40 },
      ];
      const adjusted = await experiments.adjust({ model: '', name: 'simpler', weights, reason: 'more' });
      assert.deepEqual(adjusted.allocation, [
        { arm: 'A', from: 0, to: 4000 },
        { arm: 'C', from: 4000, to: 5000 },
        { arm: 'B', from: 5000, to: 8000 },
        { arm: 'C', from: 8000, to: 10_000 },
      ]);
      const stopped = await experiments.stop({ model: '', name: 'simpler', reason: 'enough' });
      assert.equal(stopped.status, ExperimentStatus.EXPERIMENT_STATUS_STOPPED);
      assert.ok(stopped.endTime instanceof Date);
      const shown = await experiments.get({ model: 'churn', name: 'simpler' });
      assert.deepEqual(
        shown.events.map(({ revision, kind, weights: of, actor, reason }) => [
          revision,
          kind,
          of.map(each => `${each.arm}=${each.weightPercent}`).join(' '),
          actor,
          reason,
        ]),
        [
          [1, 'start', 'A=50 B=30 C=20', 'tester/test', 'is it enough?'],
          [2, 'adjust', 'A=40 B=30 C=30', 'tester/test', 'more'],
          [3, 'stop', 'A=40 B=30 C=30', 'tester/test', 'enough'],
        ],
      );
      await experiments.start(request({ name: 'next', salt: 'churn/simpler' }));
      const { experiments: all } = await experiments.list({ model: '', ...firstPage });
      assert.deepEqual(
        all.map(({ name, salt }) => [name, salt]),
        [
          ['next', 'churn/simpler'],
          ['simpler', 'churn/simpler'],
        ],
      );
    });
  });

  it('refuses what cannot be an experiment, naming every fault', function () {
    return withVersions(this, async ({ experiments }) => {
      const refused: readonly [object, 'invalidArgument' | 'notFound', RegExp][] = [
        [{ name: 'Simpler' }, 'invalidArgument', /name: expected a lower-case letter.*got "Simpler"/],
        [{ name: 'ab-default-2' }, 'invalidArgument', /not beginning with ab-default/],
        [{ salt: 'a b' }, 'invalidArgument', /salt: expected at most 200/],
        [
          { arms: [two[0]] },
          'invalidArgument',
          /at least 2 answer, or 1 beside a shadow arm; got 1 that answers/,
        ],
        [{ arms: [arm('S', '1', 0, true)] }, 'invalidArgument', /got 0 that answer of 1/],
        [
          { arms: [arm('A', '1', 80), arm('S', '2', 0, true)] },
          'invalidArgument',
          /sum to 100 percent, got 80/,
        ],
        [{ arms: [arm('A', '1', 80), arm('B', '2', 30)] }, 'invalidArgument', /sum to 100 percent, got 110/],
        [
          { arms: [arm('A', '1', 33.333), arm('B', '2', 66.667)] },
          'invalidArgument',
          /steps of 0\.01, got 33\.333/,
        ],
        [
          { arms: [arm('A', '1', Number.NaN), arm('B', '2', 50)] },
          'invalidArgument',
          /weight_percent: .*got NaN/,
        ],
        [{ arms: [arm('A', '1', 50), arm('A', '2', 50)] }, 'invalidArgument', /A is there twice/],
        [{ arms: [arm('A', '', 50), arm('B', '2', 50)] }, 'invalidArgument', /arms\[0\]\.version: is empty/],
        [{ arms: [...two, arm('S', '1', 5, true)] }, 'invalidArgument', /a shadow arm answers nobody/],
        [
          { arms: [...two, arm('S', '1', 0, true), arm('T', '1', 0, true)] },
          'invalidArgument',
          /at most 1 shadow arm, got 2/,
        ],
        [{ arms: [arm('A', '1', 50), arm('B', '9', 50)] }, 'notFound', /no version 9/],
        [{ arms: [arm('A', '1', 50), arm('B', 'staging', 50)] }, 'notFound', /nothing in Staging/],
        [{ model: 'chrun' }, 'notFound', /Did you mean "churn"/],
      ];
      for (const [changes, code, message] of refused)
        await assert.rejects(experiments.start(request(changes)), expectError(code, message));
      await experiments.start(request({ arms: [arm('A', '1', 33.33), arm('B', '2', 66.67)] }));
      await assert.rejects(
        experiments.start(request({ name: 'second' })),
        expectError('conflict', /simpler of churn is running.*Stop it first/),
      );
      await assert.rejects(experiments.start(request()), expectError('alreadyExists', /choose another name/));
      const adjust = (weights: { arm: string; weightPercent: number }[], name = 'simpler') =>
        experiments.adjust({ model: 'churn', name, weights, reason: '' });
      await assert.rejects(
        adjust([{ arm: 'A', weightPercent: 100 }]),
        expectError('invalidArgument', /got none for B/),
      );
      await assert.rejects(
        adjust([
          { arm: 'A', weightPercent: 50 },
          { arm: 'b', weightPercent: 50 },
        ]),
        expectError('invalidArgument', /weights\[1\]\.arm: is no arm that answers/),
      );
      await assert.rejects(
        adjust([{ arm: 'A', weightPercent: 100 }], 'simple'),
        expectError('notFound', /no experiment "simple".*Did you mean "simpler"/),
      );
      await experiments.stop({ model: '', name: 'simpler', reason: '' });
      await assert.rejects(
        experiments.stop({ model: '', name: 'simpler', reason: '' }),
        expectError('failedPrecondition', /stopped at .*never changes again/),
      );
    });
  });

  it('refuses arms that take different columns', function () {
    return withVersions(this, async ({ experiments }, database) => {
      await recordRun(database, 'bank', 'run-of-bank');
      await registerVersions(database, 'run-of-bank', [
        sampleCandidate('one'),
        sampleCandidate('two', {
          digest: sha256('two'),
          signature: { inputs: [{ name: 'age', kind: 'number' }] },
        }),
      ]);
      await assert.rejects(
        experiments.start(request({ model: 'bank', arms: [arm('A', '1', 50), arm('B', '2', 50)] })),
        expectError('failedPrecondition', /A \(version 1\) and B \(version 2\) .*: tenure; and age/),
      );
    });
  });

  it('starts one of many that are asked for at once', function () {
    return withVersions(this, async ({ experiments }) => {
      const asked = await Promise.allSettled(
        [1, 2, 3, 4].map(n => experiments.start(request({ name: `try-${n}` }))),
      );
      assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const each of asked)
        if (each.status === 'rejected') expectError('conflict', /one runs at a time/)(each.reason);
    });
  });
});
