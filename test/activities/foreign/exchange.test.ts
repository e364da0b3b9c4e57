import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { after, before, describe, it } from 'mocha';
import { createAdoptCandidate } from '../../../activities/foreign/createAdoptCandidate.ts';
import { createHandOver } from '../../../activities/foreign/createHandOver.ts';
import { runFolder } from '../../../activities/foreign/exchangeFolder.ts';
import { createEndRun } from '../../../activities/runs/createEndRun.ts';
import { scoreTable } from '../../../activities/training/scoreTable.ts';
import type { TrainedCandidate } from '../../../activities/training/trainCandidate.ts';
import { splitTable } from '../../../ml/dataset/splitTable.ts';
import type { Table } from '../../../ml/dataset/Table.ts';
import { encodeTable } from '../../../ml/dataset/tableCodec.ts';
import { defineProject } from '../../../ml/definition/defineProject.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { canonicalJson } from '../../../platform/canonicalJson.ts';
import { createLocalArtifactStore } from '../../../platform/createLocalArtifactStore.ts';
import { sha256 } from '../../../platform/sha256.ts';
import type { TrainerRequest } from '../../../platform/trainerContract.ts';
import { expectError } from '../../support/expectError.ts';
import { smallModel } from '../../support/smallModel.ts';
import { withDatabase } from '../../support/withDatabase.ts';

// What is handed to a trainer that is not ours, and what it may not hand back; all by the real activities and their real process.

const ROWS = 200;
const definition = defineProject({
  name: 'exchange',
  label: { column: 'churned', positive: 'Yes', negative: 'No' },
  columns: {
    tenure: { kind: 'number' },
    charges: { kind: 'number' },
    contract: { kind: 'category' },
    senior: { kind: 'category' },
    region: { kind: 'category' },
  },
  trainers: ['logisticRegression', { name: 'theirs', taskQueue: 'theirs' }],
});

/** Its first column is the row's own number, so that a row is known again wherever it turns up. */
function numberedTable(): Table {
  const random = createRandom(7);
  const words = (name: string, levels: string[]) => ({
    kind: 'category' as const,
    name,
    levels,
    codes: Int32Array.from({ length: ROWS }, () => random.below(levels.length)),
  });
  return {
    rowCount: ROWS,
    labels: Uint8Array.from({ length: ROWS }, () => random.below(2)),
    columns: [
      { kind: 'number', name: 'tenure', values: Float32Array.from({ length: ROWS }, (_, row) => row) },
      {
        kind: 'number',
        name: 'charges',
        values: Float32Array.from({ length: ROWS }, () => random.next() * 100),
      },
      words('contract', ['month', 'year']),
      words('senior', ['0', '1']),
      words('region', ['north', 'south']),
    ],
  };
}

const table = numberedTable();
const split = splitTable(table, { ...definition.split, seed: definition.seed });

interface Returned {
  readonly onnx: { readonly uri: string; readonly digest: string };
  readonly outOfFold: { readonly uri: string; readonly digest: string };
  readonly about?: Readonly<Record<string, string>>;
}

interface Exchange {
  readonly request: TrainerRequest;
  readonly output: string;
  /** Outside `output`. */
  readonly outside: string;
  readonly model: Uint8Array;
  /** As many as there are rows, each between 0 and 1. */
  readonly probabilities: readonly (number | string)[];
}

async function write(path: string, content: Uint8Array | string): Promise<{ uri: string; digest: string }> {
  await writeFile(path, content);
  return { uri: pathToFileURL(path).href, digest: sha256(content) };
}

const csv = (probabilities: readonly (number | string)[]): string =>
  ['probability', ...probabilities, ''].join('\n');

const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, input);

const refused: readonly (readonly [
  string,
  (good: Returned, exchange: Exchange) => Promise<unknown>,
  RegExp,
])[] = [
  [
    'a file beside output',
    async (good, { outside, model }) => ({
      ...good,
      onnx: await write(join(outside, 'm.onnx'), model),
    }),
    /returned onnx as file:.*; expected a file in .*output, the request's output/,
  ],
  [
    'a file reached by a link',
    async (good, { outside, output, model }) => {
      const { digest } = await write(join(outside, 'm.onnx'), model);
      await symlink(join(outside, 'm.onnx'), join(output, 'link.onnx'));
      return { ...good, onnx: { uri: pathToFileURL(join(output, 'link.onnx')).href, digest } };
    },
    /; expected a file in .*output/,
  ],
  [
    'output made a link to elsewhere',
    async (good, { output, outside }) => {
      await rename(output, join(outside, 'moved'));
      await symlink(join(outside, 'moved'), output);
      return good;
    },
    /; expected a file in .*output/,
  ],
  [
    'a path that leads up',
    async (good, { output, outside }) => {
      const { digest } = await write(join(outside, 'up.csv'), 'x');
      return { ...good, outOfFold: { uri: `${pathToFileURL(output).href}/%2e%2e/up.csv`, digest } };
    },
    /returned outOfFold as .*expected a file in .*output/,
  ],
  [
    'an address that names no path',
    async good => ({ ...good, onnx: { ...good.onnx, uri: 'file:///a%2Fb' } }),
    /file:\/\/\/a%2Fb, which cannot be read; expected a file in .*output/,
  ],
  [
    'a file that is not there',
    async (good, { output }) => ({
      ...good,
      onnx: { ...good.onnx, uri: pathToFileURL(join(output, 'none')).href },
    }),
    /which cannot be read; expected a file in/,
  ],
  [
    'a folder',
    async (good, { output }) => {
      await mkdir(join(output, 'folder'));
      return { ...good, onnx: { ...good.onnx, uri: pathToFileURL(join(output, 'folder')).href } };
    },
    /which is no regular file/,
  ],
  [
    'a pipe',
    async (good, { output }) => {
      await promisify(execFile)('mkfifo', [join(output, 'pipe')]);
      return { ...good, onnx: { ...good.onnx, uri: pathToFileURL(join(output, 'pipe')).href } };
    },
    /which is no regular file/,
  ],
  [
    'a wrong digest',
    async good => ({ ...good, onnx: { ...good.onnx, digest: 'a'.repeat(64) } }),
    /returned onnx with the digest a{64}, but the file's is [0-9a-f]{64}/,
  ],
  [
    'an endless about',
    async good => ({ ...good, about: { log: 'x'.repeat(20_000) } }),
    /expected at most 16384 bytes of JSON/,
  ],
  [
    'a row too few out of fold',
    async (good, { output, probabilities }) => ({
      ...good,
      outOfFold: await write(join(output, 'short.csv'), csv(probabilities.slice(1))),
    }),
    /outOfFold has \d+ rows; expected \d+, one a row/,
  ],
  [
    'a probability above 1',
    async (good, { output, probabilities }) => ({
      ...good,
      outOfFold: await write(join(output, 'above.csv'), csv([1.5, ...probabilities.slice(1)])),
    }),
    /outOfFold, row 1, is "1\.5"; expected a probability from 0 to 1/,
  ],
  [
    'no number out of fold',
    async (good, { output, probabilities }) => ({
      ...good,
      outOfFold: await write(join(output, 'nan.csv'), csv(['NaN', ...probabilities.slice(1)])),
    }),
    /outOfFold, row 1, is "NaN"/,
  ],
  [
    'what the model itself answers for the rows that it was trained on',
    async (good, { output, model }) => {
      const own = await scoreTable(model, smallModel().metadata, table, split.train);
      return { ...good, outOfFold: await write(join(output, 'own.csv'), csv([...own])) };
    },
    /outOfFold holds what the returned model itself answers/,
  ],
];

describe('what a run and a trainer that is not ours exchange', () => {
  let home: string;
  let artifacts: ReturnType<typeof createLocalArtifactStore>;
  let digests: { readonly definition: string; readonly table: string };
  let runs = 0;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-exchange-'));
    artifacts = createLocalArtifactStore(join(home, 'artifacts'));
    digests = {
      definition: await artifacts.put(Buffer.from(canonicalJson(definition))),
      table: await artifacts.put(encodeTable(table)),
    };
  });
  after(() => rm(home, { recursive: true, force: true }));

  async function begin(): Promise<{ runId: string; good: Returned; exchange: Exchange }> {
    const runId = `run-${++runs}`;
    const request = await run(createHandOver({ artifacts, home }), { runId, trainer: 'theirs', ...digests });
    const output = fileURLToPath(request.output);
    const random = createRandom(11);
    const probabilities = Array.from(split.train, () => 0.2 + 0.6 * random.next());
    // Another file each time: what is in the artifact store is not looked for in the folder.
    const model = smallModel({ model: 'exchange', shift: runs / 1000 }).bytes;
    const good = {
      onnx: await write(join(output, 'model.onnx'), model),
      outOfFold: await write(join(output, 'outOfFold.csv'), csv([...probabilities.slice(1), runs / 1000])),
    };
    return {
      runId,
      good,
      exchange: { request, output, outside: join(output, '..'), model, probabilities },
    };
  }

  const adopt = (runId: string, answer: unknown): Promise<TrainedCandidate> =>
    run(createAdoptCandidate({ artifacts, home }), {
      runId,
      trainer: 'theirs',
      ...digests,
      datasetDigest: 'd'.repeat(64),
      answer,
      seconds: 1,
    });

  it('holds the training part, row by row, and no row of the holdout', async () => {
    const { request, output } = (await begin()).exchange;
    const dataset = await readFile(fileURLToPath(request.dataset.uri), 'utf8');
    assert.equal(sha256(dataset), request.dataset.digest);
    const [header, ...lines] = dataset.trimEnd().split('\n');
    assert.equal(header.trim(), 'tenure,charges,contract,senior,region,churned');
    const rows = lines.map(line => Number(line.split(',')[0]));
    assert.deepEqual(rows, [...split.train]);
    assert.ok(split.holdout.length > 0);
    const handedOut = new Set(rows);
    assert.deepEqual(
      [...split.holdout].filter(row => handedOut.has(row)),
      [],
    );
    const folds = await readFile(fileURLToPath(request.folds.uri), 'utf8');
    assert.deepEqual(folds.trimEnd().split('\n'), ['fold', ...Array.from(split.foldOf, String)]);
    assert.deepEqual((await readdir(join(output, '..'))).sort(), ['dataset.csv', 'folds.csv', 'output']);
  });

  it('becomes a candidate where all is as asked, again after the folder is gone', async () => {
    const { runId, good } = await begin();
    const first = await adopt(runId, { ...good, about: { library: 'ours' } });
    assert.equal(first.trainer, 'theirs');
    assert.deepEqual(Object(first.parameters).parameters.about, { library: 'ours' });
    await rm(runFolder(home, runId), { recursive: true });
    assert.equal((await adopt(runId, good)).digest, first.digest);
  });

  for (const [what, change, reason] of refused)
    it(`is refused where it is ${what}`, async () => {
      const { runId, good, exchange } = await begin();
      await assert.rejects(
        adopt(runId, await change(good, exchange)),
        expectError('invalidArgument', reason),
      );
    });

  it('is gone when the run ends, one that has no row in the registry too', async () => {
    const { runId } = await begin();
    await begin();
    const kept = await readdir(join(home, 'trainers'));
    await withDatabase(async database => {
      const end = createEndRun({
        database,
        home,
        track: async () => undefined,
        report: async () => undefined,
      });
      await end({ id: runId, status: 'failed', error: 'nobody came' });
    });
    assert.deepEqual(
      await readdir(join(home, 'trainers')),
      kept.filter(name => name !== runId),
    );
  });
});
