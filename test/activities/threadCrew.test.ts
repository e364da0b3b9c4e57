import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { createThreadCrew, type ThreadCrew } from '../../activities/training/createThreadCrew.ts';
import { createTrainingPool } from '../../activities/training/createTrainingPool.ts';
import type { FinalTask } from '../../activities/training/TrainingTask.ts';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import type { Crew } from '../../ml/kernels/Crew.ts';
import { withKernelMemory } from '../../ml/kernels/withKernelMemory.ts';
import { fitModel } from '../../ml/trainers/fitModel.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import { noisyTable } from '../ml/trees/noisyTable.ts';

// One fit on several threads: the same bytes on 1, 2 and 3, the failure of one is told, and none is left when a task is aborted.

const columns = ['age', 'spend', 'flag', 'a', 'b', 'c', 'd', 'distractor'];
const definition = defineProject({
  name: 'noisy',
  label: { column: 'left', positive: 'yes', negative: 'no' },
  columns: Object.fromEntries(columns.map(name => [name, { kind: 'number' as const }])),
  trainers: ['gradientBoosting'],
});

function tableOf(rowCount: number): Table {
  const { matrix, labels } = noisyTable(rowCount, 5);
  return {
    rowCount,
    labels,
    columns: columns.map((name, column) => ({
      kind: 'number',
      name,
      values: matrix.values.subarray(column * rowCount, (column + 1) * rowCount),
    })),
  };
}

const boosting = (maximumIterations: number): Recipe => {
  const [recipe] = recipesFor({ trainers: ['gradientBoosting'], recipe: 'original' });
  assert.ok(recipe.trainer === 'gradientBoosting');
  return {
    ...recipe,
    minimumAbsoluteCorrelation: null,
    smote: false,
    parameters: { ...recipe.parameters, maximumIterations },
  };
};

/** Starts the members, which a fit would not wait for. */
async function ready(crew: ThreadCrew, size: number): Promise<void> {
  withKernelMemory(memory => crew.run(memory, 'rectify', [[0, 0]]));
  while (crew.size < size) await sleep(5);
}

/** Counts the steps that more than one member took. */
const counting = (crew: Crew): Crew & { shared: number } => ({
  shared: 0,
  get size() {
    return crew.size;
  },
  run(memory, kernel, argumentsOf) {
    if (argumentsOf.length > 1) this.shared += 1;
    crew.run(memory, kernel, argumentsOf);
  },
});

const crewThreads = (): number =>
  readdirSync('/proc/self/task').filter(task => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim() === 'training-crew';
    } catch {
      return false; // It ended in between.
    }
  }).length;

describe('a crew of threads', () => {
  const { matrix, labels } = noisyTable(140_000, 3);
  const [logistic] = recipesFor({ trainers: ['logisticRegression'], recipe: 'original' });
  for (const recipe of [boosting(8), logistic])
    it(`fits ${recipe.trainer} to the bit as one thread does`, async () => {
      const alone = fitModel(recipe, matrix, labels, 1);
      for (const size of [2, 3]) {
        const crew = createThreadCrew(() => size);
        try {
          await ready(crew, size);
          const counted = counting(crew);
          assert.deepEqual(fitModel(recipe, matrix, labels, 1, undefined, counted), alone);
          assert.ok(counted.shared > 5, `${counted.shared} steps were shared`);
        } finally {
          await crew.close();
        }
      }
    });

  it('goes on alone when its members are wanted no more', async () => {
    let wanted = 2;
    const crew = createThreadCrew(() => wanted);
    try {
      await ready(crew, 2);
      wanted = 1;
      assert.equal(crew.size, 1);
      withKernelMemory(memory => {
        const values = memory.float32(16).fill(-1);
        const [first, second] = [values.byteOffset, values.byteOffset + 32];
        crew.run(memory, 'rectify', [
          [first, 8],
          [second, 8],
        ]);
        assert.deepEqual([...values], Array(16).fill(0));
      });
    } finally {
      await crew.close();
    }
  });

  it('says that a member failed', async () => {
    const crew = createThreadCrew(() => 2);
    try {
      await ready(crew, 2);
      assert.throws(
        () =>
          withKernelMemory(memory =>
            crew.run(memory, 'rectify', [
              [0, 0],
              [2 ** 31, 64],
            ]),
          ),
        /a thread of the training crew failed/,
      );
    } finally {
      await crew.close();
    }
  });
});

describe('a crew whose member is terminated', () => {
  it('does not wait for it, and says so', async () => {
    const crew = createThreadCrew(() => 2);
    await ready(crew, 2);
    let closing: Promise<void> | undefined;
    // Our own part of the step ends the members, while theirs would take long.
    const multiply = (): number => {
      closing = crew.close();
      return 0;
    };
    withKernelMemory(memory => {
      const factor = memory.float32(8).byteOffset;
      const matrix = memory.float32(4096 * 1024).byteOffset;
      const kernels = { ...memory.kernels, multiply };
      assert.throws(
        () =>
          crew.run({ ...memory, kernels }, 'multiply', [
            [],
            [factor, 0, 0, matrix, matrix, 4096, 1024, 4096],
          ]),
        /a thread of the training crew ended in the middle of a step/,
      );
    });
    await closing;
  });
});

describe('the training pool', () => {
  const table = tableOf(40_000);
  const split = splitTable(table, { ...definition.split, seed: definition.seed });
  const taskOf = (tablePath: string, iterations: number): FinalTask => ({
    kind: 'final',
    tablePath,
    definition,
    split,
    recipe: boosting(iterations),
    outOfFold: Float64Array.from(split.train, row => 0.2 + 0.6 * table.labels[row]),
    metadata: {
      format: 1,
      model: 'noisy',
      trainer: 'gradientBoosting',
      recipe: 'original',
      seed: 1,
      label: definition.label,
      id: null,
      datasetDigest: '0'.repeat(64),
      definitionDigest: '0'.repeat(64),
    },
  });
  const withTable = async (work: (path: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-crew-'));
    try {
      const path = join(folder, 'table.bin');
      await writeFile(path, encodeTable(table));
      await work(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it('exports the same bytes with 1, 2 and 3 threads for one task', () =>
    withTable(async path => {
      const files: Uint8Array[] = [];
      for (const threads of [1, 2, 3]) {
        const pool = createTrainingPool(threads);
        try {
          files.push((await pool.final(taskOf(path, 60), new AbortController().signal)).onnx);
        } finally {
          await pool.close();
        }
      }
      assert.ok(files.every(file => Buffer.from(file).equals(files[0])));
    }));

  it('leaves no thread of a crew behind when the task is aborted', () =>
    withTable(async path => {
      const pool = createTrainingPool(2);
      const abort = new AbortController();
      try {
        const training = pool.final(taskOf(path, 100_000), abort.signal);
        training.catch(() => undefined);
        while (crewThreads() === 0) await sleep(5);
        abort.abort();
        await assert.rejects(training);
        while (crewThreads() > 0) await sleep(5);
        assert.equal(crewThreads(), 0);
      } finally {
        await pool.close();
      }
    }));
});
