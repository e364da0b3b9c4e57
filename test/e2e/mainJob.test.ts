import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { selectChampion } from '../../ml/evaluation/selectChampion.ts';
import { sha256 } from '../../platform/sha256.ts';
import { requireData } from '../peers/requirePeer.ts';
import { testS3 } from '../support/testS3.ts';
import { Started } from '../setup/support/Started.ts';
import { createInstallation, type Installation } from './support/installation.ts';
import { type Report, reportShape } from './support/reportShape.ts';

// The issue's own commands, in homes of their own: a table goes to a served Production model and the command ends with 0.

const withoutSeconds = ({ candidates, ...report }: Report) => ({
  ...report,
  candidates: candidates.map(({ seconds: _seconds, ...candidate }) => candidate),
});

async function once(
  where: Installation,
  ...args: string[]
): Promise<{ report: Report; stderr: string; stdout: string }> {
  const path = join(where.home, 'report.json');
  const run = where.npmStart('--once', '--report', path, ...args);
  assert.equal(await run.exit, 0, `${run.stdout}\n${run.stderr}`);
  return {
    report: reportShape.parse(JSON.parse(readFileSync(path, 'utf8'))),
    stderr: run.stderr,
    stdout: run.stdout,
  };
}

describe('npm start -- --once', () => {
  let installation: Installation;

  before(async function () {
    installation = await createInstallation(this);
  });
  after(() => installation.close());

  it('takes Telco to Production, finds it again, and makes the same digests in another home', async function () {
    const data = requireData(this, 'telco-customer-churn.csv');
    const { report, stdout } = await once(installation, '--data', data);
    assert.equal(report.model, 'churn');
    assert.deepEqual(report.dataset, { digest: sha256(readFileSync(data)), rows: 7043, quarantined: 0 });
    assert.deepEqual(
      report.candidates.map(({ trainer }) => trainer),
      ['logisticRegression', 'randomForest', 'gradientBoosting', 'multilayerPerceptron', 'blend'],
    );
    const champion = report.candidates.find(({ digest }) => digest === report.production.digest);
    assert.equal(champion?.trainer, report.production.trainer);
    assert.equal(champion, selectChampion(report.candidates, 'logLoss', 5));
    const logLossOf = (trainer: string): number =>
      report.candidates.find(candidate => candidate.trainer === trainer)?.crossValidation.logLoss.mean ?? 1;
    assert.ok(
      logLossOf('blend') < logLossOf('gradientBoosting'),
      'the blend is at least as good as a member',
    );
    assert.ok((champion?.metrics.rocAuc ?? 0) > 0.8, `ROC AUC ${champion?.metrics.rocAuc}`);
    assert.equal(report.prediction.modelVersion, report.production.version);
    assert.ok(['Yes', 'No'].includes(report.prediction.label));
    assert.match(stdout, /TRAINER .*ROC AUC/);

    const again = await once(installation, '--data', data);
    assert.deepEqual(again.report, report, 'the second start trains nothing and finds what is there');

    const gone = join(installation.home, 'gone');
    mkdirSync(gone);
    const refused = installation.npmStart('--once', '--data', data, '--report', join(gone, 'report.json'));
    while (!refused.stderr.includes('PostgreSQL answers')) await sleep(20);
    rmSync(gone, { recursive: true });
    assert.equal(await refused.exit, 3, refused.stderr);
    assert.match(refused.stderr, /^holdfast start: .*gone\/report\.json does not exist/m);
    assert.doesNotMatch(refused.stdout, /does not exist/);

    const elsewhere = await createInstallation(this);
    try {
      const other = await once(elsewhere, '--data', data);
      assert.deepEqual(withoutSeconds(other.report), withoutSeconds(report));
    } finally {
      await elsewhere.close();
    }
  });
});

describe("npm start -- --once with tables of one's own, in one home", () => {
  let installation: Installation;

  before(async function () {
    installation = await createInstallation(this);
  });
  after(() => installation.close());

  it('ends with 1 and says why where the file lacks the label', async () => {
    const path = join(installation.home, 'table.csv');
    writeFileSync(path, 'customerID,tenure\nA,1\nB,2\n');
    const run = installation.npmStart('--once', '--data', path);
    assert.equal(await run.exit, 1, run.stderr);
    const said = run.stdout + run.stderr;
    assert.match(said, /table\.csv.*Churn/s);
    assert.doesNotMatch(said, /\n\s+at .*\.ts:\d+/, 'a stack trace is no answer');
  });

  it('takes another table, out of an S3-compatible store, to Production with a definition drafted by init', async function () {
    const data = requireData(this, 'bank-churn.csv');
    const s3 = await testS3(this);
    await s3.put('exports/bank.csv', readFileSync(data));
    Object.assign(installation.environment, s3.environment('reader'));
    const model = 'e2e-bank';
    const definition = join('projects', `${model}.ts`);
    // Nobody else's: the name is this test's, which may have been killed before it could clean up.
    rmSync(definition, { force: true });
    try {
      const args = ['init', data, '--name', model, '--label', 'Exited', '--positive', '1'];
      const init = new Started('./holdfast', args, { env: installation.environment });
      assert.equal(await init.exit, 0, init.stderr);
      const uri = `s3://${s3.bucket}/exports/bank.csv`;
      const { report, stdout } = await once(installation, '--model', model, '--data', uri);
      assert.match(stdout, new RegExp(`trained on ${uri}, is in Production`));
      assert.equal(report.model, model);
      // Two repeated customers and one impossible number of products.
      assert.equal(report.dataset.rows + report.dataset.quarantined, 10_002);
      assert.equal(report.dataset.quarantined, 3);
      const champion = report.candidates.find(({ digest }) => digest === report.production.digest);
      assert.ok((champion?.metrics.rocAuc ?? 0) > 0.83, `ROC AUC ${champion?.metrics.rocAuc}`);
    } finally {
      rmSync(definition, { force: true });
    }
  });
});
