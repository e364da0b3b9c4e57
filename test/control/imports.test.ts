import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createIngest } from '../../activities/data/createIngest.ts';
import { createBeginImport } from '../../activities/imports/createBeginImport.ts';
import { createImportFile } from '../../activities/imports/createImportFile.ts';
import { createRegisterImport } from '../../activities/imports/createRegisterImport.ts';
import { createProductionVersion } from '../../activities/promotion/createProductionVersion.ts';
import { createEvaluateVersion } from '../../activities/training/createEvaluateVersion.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { foreignModels } from '../support/foreignModels.ts';
import { saveHistories } from '../support/histories.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { testS3 } from '../support/testS3.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

// A file from elsewhere on its whole way: the command or the API, control, the workflow, the real checks, the registry.

const request = {
  model: 'churn',
  fileName: '',
  trainer: '',
  columns: [],
  samples: Buffer.alloc(0),
  digest: '',
  samplesDigest: '',
  samplesName: '',
  data: '',
  allowSlow: false,
  trigger: '',
};

const startWorker = (
  { startWorker: start, database, artifacts, home }: ControlWorld,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const ports = { database, artifacts, home, defaultModel: 'churn', environment };
  return start({
    beginImport: createBeginImport(ports),
    ingest: createIngest(ports),
    importFile: createImportFile(ports),
    registerImport: createRegisterImport(ports),
    productionVersion: createProductionVersion(ports),
    evaluateVersion: createEvaluateVersion(ports),
  });
};

describe('models import', () => {
  it('makes a file a version, once; tells its gate, its origin and what its figures are worth; gives the file back', async function () {
    const { path, csv } = await foreignModels(this);
    await withControl(this, async world => {
      await startWorker(world);
      const { address, models, runs, temporal, home } = world;
      const begun = new Date();
      const file = path('lightgbm-pipeline');
      const args = [
        'models',
        'import',
        file,
        '--model',
        'churn',
        '--trainer-name',
        'LightGBM 4.6',
        '--data',
        csv,
      ];
      const first = await runHoldfast([...args, '--json'], { control: address });
      assert.equal(first.code, 0, first.stderr);
      const { version, gate, notes, existed, runId } = JSON.parse(first.stdout);
      assert.deepEqual(
        [version.version, version.trainer, version.aliases, existed],
        [1, 'LightGBM 4.6', [], false],
      );
      assert.ok(version.metrics.rocAuc > 0.75, `ROC AUC ${version.metrics.rocAuc}`);
      assert.deepEqual(version.crossValidation, {});
      assert.deepEqual(
        gate.map(({ rule }: { rule: string }) => rule),
        ['minimumRocAuc', 'maximumCalibrationError'],
      );
      assert.match(notes.join('\n'), /rows of the holdout may have been part of its training/);
      assert.deepEqual(version.parameters.file, {
        name: 'lightgbm-pipeline.onnx',
        digest: sha256(await readFile(file)),
        bytes: (await readFile(file)).length,
      });
      assert.equal(version.parameters.importedBy, 'tester/test');

      const again = await runHoldfast(args, { control: address });
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, /was imported before: it is version 1 of churn/);
      assert.match(again.stderr, /Nothing was promoted; `\.\/holdfast models promote churn 1` does/);
      assert.equal(
        (await models.listVersions({ model: 'churn', showArchived: false, ...firstPage })).versions.length,
        1,
      );

      const run = await runs.get({ run: runId });
      assert.deepEqual(
        [run.kind, run.stage, run.result?.promotedTo],
        ['importModel', 'version 1 is imported', ''],
      );
      assert.deepEqual(
        (await runs.list({ model: 'churn', ...firstPage })).runs.map(({ kind }) => kind),
        ['importModel', 'importModel'],
      );
      await saveHistories(temporal, temporal.workflow.getHandle(run.workflowId, run.id), 'importModel');
      const shown = await runHoldfast(['models', 'show', 'churn', '1'], { control: address });
      assert.match(shown.stdout, /file +lightgbm-pipeline\.onnx \(/);
      assert.match(shown.stdout, /note +Trained elsewhere/);

      const out = join(home, 'out.onnx');
      const download = await runHoldfast(['models', 'download', '1', '--out', out, '--json'], {
        control: address,
      });
      assert.equal(download.code, 0, download.stderr);
      assert.equal(sha256(await readFile(out)), version.digest);
      // The server is shared with other tests, whose promotions are theirs.
      for await (const { type, startTime } of temporal.workflow.list({
        query: 'WorkflowType = "promoteModel"',
      }))
        assert.ok(startTime < begun, `${type} was started`);
    });
  });

  it('reads an object of an S3-compatible store', async function () {
    const { path, csv } = await foreignModels(this);
    const s3 = await testS3(this);
    await s3.put('import.csv', await readFile(csv));
    await withControl(this, async world => {
      await startWorker(world, s3.environment('reader'));
      const data = `s3://${s3.bucket}/import.csv`;
      const { code, stdout, stderr } = await runHoldfast(
        ['models', 'import', path('xgboost-matrix'), '--data', data],
        { control: world.address },
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^xgboost-matrix\.onnx is version 1 of churn/);
    });
  });

  it('says why a file is not taken, and registers nothing', async function () {
    const { path, csv } = await foreignModels(this);
    await withControl(this, async world => {
      await startWorker(world);
      const { address, models, home } = world;
      const refused = await runHoldfast(['models', 'import', path('scikit-learn-zipmap'), '--data', csv], {
        control: address,
      });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /scikit-learn-zipmap\.onnx is not taken: .*options=\{'zipmap': False\}/);
      const text = join(home, 'notes.onnx');
      await writeFile(text, 'this is no model');
      const wrong = await runHoldfast(['models', 'import', text, '--data', csv], { control: address });
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /notes\.onnx is not taken: .*not an ONNX model, or not a whole one/);
      assert.deepEqual((await models.listModels(firstPage)).models, []);
    });
  });

  it('refuses a request before anything starts', async function () {
    await withControl(this, async ({ models }) => {
      const content = Buffer.from('x');
      for (const [changes, code, reason] of [
        [{ content: Buffer.alloc(0) }, 'invalidArgument', /content: expected the ONNX file/],
        [{ content, threshold: 1.5 }, 'invalidArgument', /threshold/],
        [{ content, data: 'telco.csv' }, 'invalidArgument', /data: expected an absolute path.*or s3:\/\//],
        [{ content, trainer: '-' }, 'invalidArgument', /trainer/],
        [{ content, model: 'chrun' }, 'notFound', /Did you mean "churn"\?/],
      ] as const)
        await assert.rejects(models.importVersion({ ...request, ...changes }), expectError(code, reason));
    });
  });
});
