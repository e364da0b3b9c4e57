import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { runAdoption } from '../../../activities/adoption/runAdoption.ts';
import type { AdoptionJob } from '../../../activities/adoption/AdoptionJob.ts';
import { UnfitModel } from '../../../ml/onnx/foreign/UnfitModel.ts';
import { readMetadata } from '../../../ml/onnx/readMetadata.ts';
import churn from '../../../projects/churn.ts';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { formatCsvRow } from '../../../platform/tabular/formatCsvRow.ts';
import { expectError } from '../../support/expectError.ts';
import { type ForeignModels, foreignModels } from '../../support/foreignModels.ts';
import { withInference } from '../../support/withInference.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { withTemporaryFolder } from '../../support/withTemporaryFolder.ts';
import { adoptHere, jobOf } from './support.ts';

// Files that other libraries made, taken over and served by the real inference server, held against those
// libraries' own predictions; and files that must not be taken, each with its reason.

const options = { signal: new AbortController().signal, shownAs: 'model.onnx' };

const taken = [
  'scikit-learn-linear',
  'scikit-learn-reversed-words',
  'scikit-learn-forest',
  'scikit-learn-integers',
  'lightgbm-pipeline',
  'lightgbm-matrix',
  'xgboost-matrix',
  'network-column',
  'network-vector',
  'network-doubles',
  'function-and-branch',
  'attributes-of-old',
];

const refused: readonly (readonly [string, RegExp, Partial<AdoptionJob>?])[] = [
  [
    'scikit-learn-zipmap',
    /not a tensor but a sequence, which is what a ZipMap makes.*options=\{'zipmap': False\}/,
  ],
  ['scikit-learn-labels-only', /answers no probabilities, only label \(string \[N\]\).*predict_proba/],
  [
    'scikit-learn-refuses-unseen',
    /fails on rows with words that training did not meet.*handle_unknown='ignore'/,
  ],
  ['scikit-learn-reversed-words', /labels a row "(Stayed|Left)"; expected "No" or "Yes"/],
  ['network-fixed-batch', /takes exactly 1 row at a time, \[1, 4\].*dynamic_axes/],
  ['network-logits', /expected a probability from 0 to 1. It looks like a logit.*Sigmoid/],
  ['network-nan', /answers NaN for row 1 of rows of the table.*Check the weights/],
  ['network-no-imputer', /answers NaN for row 1 of rows without TotalCharges.*put an imputer/],
  ['network-random', /for the same row; expected the same answer each time.*model.eval\(\)/],
  ['runtime-operator', /QuickGelu of the domain "com.microsoft"; expected ai.onnx and ai.onnx.ml only/],
  ['weights-outside', /weights "zero" lie in another file.*save_as_external_data=False/],
  [
    'xgboost-matrix',
    /takes 4 columns, but 2 were given: tenure, MonthlyCharges.*--columns a,b,c/,
    { columns: ['tenure', 'MonthlyCharges'] },
  ],
  [
    'xgboost-matrix',
    /"tenure" were given twice/,
    { columns: ['tenure', 'tenure', 'MonthlyCharges', 'TotalCharges'] },
  ],
  [
    'xgboost-matrix',
    /takes "Contract" as float32, but projects\/churn.ts says category/,
    { columns: ['tenure', 'Contract', 'MonthlyCharges', 'TotalCharges'] },
  ],
  [
    'xgboost-matrix',
    /takes "Churn", which is the label of churn/,
    { columns: ['tenure', 'Churn', 'MonthlyCharges', 'TotalCharges'] },
  ],
  ['scikit-learn-linear', /does not take one matrix/, { columns: ['tenure'] }],
];

describe('a model file from elsewhere', () => {
  let models: ForeignModels;

  before(async function () {
    models = await foreignModels(this);
  });

  it('is served with its own library’s probabilities, missing and unseen values included', async () => {
    const adopted = await Promise.all(
      taken.map(async name => ({ name, ...(await adoptHere(jobOf(models, name))) })),
    );
    await withInference(async world => {
      const versions = adopted.map(({ onnx }) => ({
        bytes: onnx,
        digest: sha256(onnx),
        metadata: readMetadata(onnx),
      }));
      await world.register(...versions);
      await world.promote(1);
      const { client } = await world.start();
      for (const [place, { name, threshold }] of adopted.entries()) {
        const expected = models.predictions[name];
        const answer = await client.predict({
          model: 'churn',
          version: String(place + 1),
          instances: models.rows.map(row => ({ ...row })),
        });
        assert.equal(answer.probabilities.length, expected.length);
        const worst = Math.max(
          ...answer.probabilities.map((probability, row) => Math.abs(probability - expected[row])),
        );
        assert.ok(worst <= 1e-5, `${name}: differs by ${worst}`);
        const { positive, negative } = versions[place].metadata.label;
        assert.deepEqual(
          answer.predictions,
          answer.probabilities.map(probability =>
            probability >= Math.fround(threshold) ? positive : negative,
          ),
          name,
        );
      }
    });
  });

  it('becomes the same file again, and tells what it assumed', async () => {
    const [first, second] = [
      await runAdoption(jobOf(models, 'lightgbm-matrix'), options),
      await adoptHere(jobOf(models, 'lightgbm-matrix')),
    ];
    assert.equal(sha256(first.onnx), sha256(second.onnx));
    assert.match(first.notes.join(), /assumed SeniorCitizen, tenure, MonthlyCharges, TotalCharges/);
    assert.deepEqual(first.operatorSets, { 'ai.onnx': 9, 'ai.onnx.ml': 1 });
    const { metrics, threshold } = first;
    assert.ok(metrics.rocAuc > 0.7 && metrics.rocAuc < 1, `ROC AUC ${metrics.rocAuc}`);
    assert.ok(threshold > 0 && threshold < 1);
  });

  for (const [name, reason, changed] of refused)
    it(`is refused where it is ${name}${changed === undefined ? '' : ` with ${JSON.stringify(changed)}`}`, () =>
      assert.rejects(adoptHere(jobOf(models, name, { definition: churn, ...changed })), (error: unknown) => {
        assert.ok(error instanceof UnfitModel, String(error));
        assert.match(error.message, reason);
        return true;
      }));

  it('is refused by its process with the column that was probably meant', () =>
    assert.rejects(
      runAdoption(jobOf(models, 'misnamed-column'), options),
      expectError(
        'invalidArgument',
        /^model\.onnx is not taken: .*needs the column "tenur".*Did you mean "tenure"\?/,
      ),
    ));

  describe('with sample predictions', () => {
    const name = 'scikit-learn-linear';
    const write = async (change: (probability: number) => number): Promise<string> => {
      const columns = Object.keys(models.rows[0]);
      const lines = models.rows
        .slice(0, 150)
        .map((row, place) => [
          ...columns.map(column => String(row[column] ?? '')),
          String(change(models.predictions[name][place])),
        ]);
      const path = join(models.folder, 'samples.csv');
      const text = [[...columns, 'probability'], ...lines].map(fields => formatCsvRow(fields)).join('');
      await writeFile(path, text);
      return path;
    };

    it('is taken where it meets them', async () => {
      const samples = await write(probability => probability);
      const { samplesMet } = await adoptHere(jobOf(models, name, { samples }));
      assert.equal(samplesMet, 150);
    });

    it('is refused where it does not, with the row and both figures', async () => {
      const samples = await write(probability => Math.min(1, probability + 0.001));
      await assert.rejects(
        adoptHere(jobOf(models, name, { samples })),
        /Row 1 of the samples samples\.csv: the file answers 0\.\d+, the sample says 0\.\d+/,
      );
    });

    it('is told that they are the other outcome’s', async () => {
      const samples = await write(probability => 1 - probability);
      await assert.rejects(
        adoptHere(jobOf(models, name, { samples })),
        /hold the negative outcome’s probability/,
      );
    });
  });

  it('takes a threshold that was given', async () => {
    const { onnx, threshold } = await runAdoption(
      jobOf(models, 'xgboost-matrix', { threshold: 0.7 }),
      options,
    );
    assert.equal(threshold, 0.7);
    assert.equal(readMetadata(onnx).threshold, 0.7);
  });

  it('is refused where its checks do not end, and leaves nothing running', () =>
    leavingNothing(() =>
      assert.rejects(
        runAdoption(jobOf(models, 'scikit-learn-forest'), { ...options, limitMs: 100 }),
        expectError('invalidArgument', /its checks did not end within 0\.1 seconds/),
      ),
    ));

  for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP'] as const)
    it(`is refused where it brings its process down with ${signal}`, () =>
      leavingNothing(() =>
        assert.rejects(
          endedBy(signal),
          expectError('invalidArgument', new RegExp(`the process that tried it was killed by ${signal}`)),
        ),
      ));

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)
    it(`is not refused where somebody else ends its process with ${signal}: it is worth another attempt`, () =>
      leavingNothing(() =>
        assert.rejects(endedBy(signal), (error: unknown) => {
          assert.ok(error instanceof Error && !(error instanceof HoldfastError), String(error));
          assert.equal('code' in error && error.code, 'ERR_PROCESS_ENDED');
          assert.match(
            error.message,
            new RegExp(`^The process that tried model\\.onnx was ended by ${signal}`),
          );
          return true;
        }),
      ));

  /** A real adoption whose process gets the signal while it is under way. */
  async function endedBy(signal: NodeJS.Signals): Promise<void> {
    const adoption = runAdoption(jobOf(models, 'scikit-learn-forest'), options);
    adoption.catch(() => undefined);
    await waitUntil('the start of the process', () => adoptionProcesses().length === 1);
    process.kill(adoptionProcesses()[0], signal);
    await adoption;
  }
});

/** The work's processes and temporary folders are gone when it is done. */
async function leavingNothing(work: () => Promise<void>): Promise<void> {
  const { TMPDIR } = process.env;
  await withTemporaryFolder(async folder => {
    process.env.TMPDIR = folder;
    try {
      await work();
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(adoptionProcesses(), []);
  });
}

/** Of this process. */
const adoptionProcesses = (): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap(line => {
      const [pid, parent, ...args] = line.trim().split(/\s+/);
      const ours = Number(parent) === process.pid && args.some(arg => arg.endsWith('/adoptionProcess.ts'));
      return ours ? [Number(pid)] : [];
    });
