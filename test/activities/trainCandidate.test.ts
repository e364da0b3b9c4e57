import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, it } from 'mocha';
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
});
