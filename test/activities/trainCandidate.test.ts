import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, it } from 'mocha';
import { z } from 'zod';
import {
  createTrainCandidate,
  type TrainCandidateInput,
} from '../../activities/training/createTrainCandidate.ts';
import { createTrainingPool } from '../../activities/training/createTrainingPool.ts';
import type { TrainedCandidate } from '../../activities/training/trainCandidate.ts';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { collectLogs } from '../support/collectLogs.ts';

// An activity that falls silent is taken for dead and cannot be cancelled: it must beat through every part of its work.

const definition = defineProject({
  name: 'tiny',
  label: { column: 'left', positive: 'yes', negative: 'no' },
  columns: { x: { kind: 'number' } },
  trainers: ['logisticRegression'],
});

function tinyTable(): Table {
  const random = createRandom(3);
  const labels = Uint8Array.from({ length: 200 }, () => random.below(2));
  const values = Float32Array.from(labels, label => label + random.normal());
  return { rowCount: 200, columns: [{ kind: 'number', name: 'x', values }], labels };
}

describe('trainCandidate', () => {
  it('beats on with the finished folds while the final fit waits for a thread', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-pulse-'));
    const pool = createTrainingPool(1);
    try {
      const artifacts = createLocalArtifactStore(folder);
      const beats: { during: 'folds' | 'final'; details: TrainCandidateHeartbeat }[] = [];
      let during: 'folds' | 'final' = 'folds';
      const activity = createTrainCandidate({
        artifacts,
        logger: collectLogs().logger,
        training: {
          ...pool,
          final: async (task, signal) => {
            during = 'final';
            await sleep(3500);
            return pool.final(task, signal);
          },
        },
      });
      const environment = new MockActivityEnvironment();
      environment.on('heartbeat', (details: TrainCandidateHeartbeat) => beats.push({ during, details }));
      await environment.run<[TrainCandidateInput], TrainedCandidate, typeof activity>(activity, {
        definition: await artifacts.put(Buffer.from(canonicalJson(definition))),
        table: await artifacts.put(encodeTable(tinyTable())),
        datasetDigest: 'a'.repeat(64),
        trainer: 'logisticRegression',
      });
      const late = beats.filter(beat => beat.during === 'final');
      assert.ok(late.length >= 3, `${late.length} heartbeats while the final fit waited`);
      for (const { details } of late) assert.equal(Object.keys(details.folds).length, 5);
    } finally {
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('makes the same file whatever the title, the gate and the place of the data, and another for another seed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-digest-'));
    const pool = createTrainingPool(1);
    try {
      const artifacts = createLocalArtifactStore(folder);
      const activity = createTrainCandidate({ artifacts, logger: collectLogs().logger, training: pool });
      const table = await artifacts.put(encodeTable(tinyTable()));
      const digestOf = async (changes: Partial<ProjectDefinition>): Promise<string> => {
        const { digest } = await new MockActivityEnvironment().run<
          [TrainCandidateInput],
          TrainedCandidate,
          typeof activity
        >(activity, {
          definition: await artifacts.put(Buffer.from(canonicalJson({ ...definition, ...changes }))),
          table,
          datasetDigest: 'a'.repeat(64),
          trainer: 'logisticRegression',
        });
        return digest;
      };
      const digest = await digestOf({});
      const same = await digestOf({
        title: 'Another title',
        gate: { ...definition.gate, minimumRocAuc: 0.9 },
        source: { kind: 'file', path: '../elsewhere/table.csv' },
        maximumQuarantinedShare: 0.5,
      });
      assert.equal(same, digest);
      assert.notEqual(await digestOf({ seed: 2 }), digest);
    } finally {
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('searches once: another attempt takes what the search ended with, and trains no trial', () =>
    withSearch(async ({ train }) => {
      const whole = await train();
      const { search } = searchedShape.parse(whole.candidate.parameters);
      assert.deepEqual([search.endedBy, search.budgetSeconds], ['plan', 2]);
      assert.ok(whole.fits > 5 + search.trials.length, `${whole.fits} fits`);
      const afterSearch = whole.beats.find(beat => beat.search !== undefined);
      assert.ok(afterSearch !== undefined && afterSearch.trials === undefined);
      const again = await train({ heartbeatDetails: afterSearch });
      assert.equal(again.fits, 5);
      assert.equal(again.candidate.digest, whole.candidate.digest);
      assert.deepEqual(again.candidate.parameters, whole.candidate.parameters);
    }));

  it('gives a search up that takes ten times its budget, and trains by the recipe as it was', () =>
    withSearch(async ({ train }) => {
      const { candidate, fits } = await train({ cpuSeconds: 7 });
      const { search, ...recipe } = searchedShape.parse(candidate.parameters);
      assert.deepEqual([search.endedBy, search.chosen], ['clock', 0]);
      assert.equal(recipe.splineKnots, 8);
      assert.deepEqual(search.trials, [{ changes: {}, logLoss: [] }]);
      assert.ok(fits > 5, `${fits} fits`);
    }));
});

const searchedShape = z
  .object({
    splineKnots: z.number(),
    search: z.object({
      endedBy: z.string(),
      chosen: z.number(),
      budgetSeconds: z.number(),
      trials: z.array(z.unknown()),
    }),
  })
  .loose();

interface Attempt {
  readonly candidate: TrainedCandidate;
  /** How many folds were trained, trials and all. */
  readonly fits: number;
  readonly beats: readonly TrainCandidateHeartbeat[];
}

/** A world whose definition asks for a search; an attempt may find a heartbeat, or a machine that is slow. */
async function withSearch(
  test: (world: {
    train: (attempt?: { heartbeatDetails?: unknown; cpuSeconds?: number }) => Promise<Attempt>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-search-'));
  const pool = createTrainingPool(1);
  try {
    const artifacts = createLocalArtifactStore(folder);
    const searching = canonicalJson({ ...definition, search: { budgetSeconds: 2 } });
    const input = {
      definition: await artifacts.put(Buffer.from(searching)),
      table: await artifacts.put(encodeTable(tinyTable())),
      datasetDigest: 'a'.repeat(64),
      trainer: 'logisticRegression' as const,
    };
    await test({
      train: async ({ heartbeatDetails, cpuSeconds } = {}) => {
        let fits = 0;
        const beats: TrainCandidateHeartbeat[] = [];
        const activity = createTrainCandidate({
          artifacts,
          logger: collectLogs().logger,
          training: {
            ...pool,
            fold: async (task, signal) => {
              const result = await pool.fold(task, signal);
              fits += 1;
              return cpuSeconds === undefined ? result : { ...result, cpuSeconds };
            },
          },
        });
        const environment = new MockActivityEnvironment({ heartbeatDetails });
        environment.on('heartbeat', (beat: TrainCandidateHeartbeat) => beats.push(beat));
        const candidate = await environment.run<[TrainCandidateInput], TrainedCandidate, typeof activity>(
          activity,
          input,
        );
        return { candidate, fits, beats };
      },
    });
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}
