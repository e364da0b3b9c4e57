import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { evaluateFile } from '../../activities/evaluation/evaluateFile.ts';
import { meanSd } from '../../ml/evaluation/meanSd.ts';
import { summariseSplits } from '../../ml/evaluation/summariseSplits.ts';
import churn from '../../projects/churn.ts';
import { requireData } from '../peers/requirePeer.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { readGolden } from '../support/readGolden.ts';
import { telcoSplitSeeds } from '../support/telcoTable.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// The quality that Holdfast promises, on IBM's real table: mean over five fixed stratified 80/20 splits, champion chosen inside
// each training part, against scikit-learn's plain logistic regression on the very same splits. One split alone scatters by
// ± .014 ROC AUC, so only the means are held.

const golden = z.object({
  splits: z.array(
    z
      .object({
        balanced: z.boolean(),
        holdout: z.object({ rocAuc: z.number(), logLoss: z.number() }).loose(),
      })
      .loose(),
  ),
});

describe('quality on Telco, five splits', () => {
  it('the champion is .005 ROC AUC and .007 log-loss better than scikit-learn’s plain logistic regression, and calibrated', async function () {
    const path = requireData(this, 'telco-customer-churn.csv');
    const reference = readGolden('logisticRegression', golden).splits.filter(({ balanced }) => !balanced);
    assert.equal(reference.length, telcoSplitSeeds.length);
    const { logger, lines } = collectLogs();
    const { data, splits } = await withTemporaryFolder(folder =>
      evaluateFile({
        definition: churn,
        path,
        seeds: telcoSplitSeeds,
        threads: 2,
        quarantineFolder: folder,
        logger,
        onData: () => undefined,
        onCandidate: () => undefined,
        onSplit: () => undefined,
        signal: new AbortController().signal,
      }),
    );
    assert.deepEqual([data.rows, data.quarantined], [7043, 0]);
    for (const { seed, candidates } of splits) {
      const logLossOf = (trainer: string): number =>
        candidates.find(candidate => candidate.trainer === trainer)?.crossValidation.logLoss.mean ?? 0;
      const members = candidates.map(({ trainer }) => trainer).filter(trainer => trainer !== 'blend');
      assert.equal(members.length, 4);
      assert.ok(
        logLossOf('blend') < Math.min(...members.map(logLossOf)) + 0.0005,
        `the blend of seed ${seed} is worse than its best member`,
      );
    }
    const [{ candidate, metrics }] = summariseSplits(splits);
    assert.equal(candidate, 'champion');
    const plain = (metric: 'rocAuc' | 'logLoss') =>
      meanSd(reference.map(({ holdout }) => holdout[metric])).mean;
    const found = `champion ${metrics.rocAuc.mean}/${metrics.logLoss.mean}, plain logistic regression ${plain('rocAuc')}/${plain('logLoss')}`;
    assert.ok(metrics.rocAuc.mean >= plain('rocAuc') + 0.005, found);
    assert.ok(metrics.logLoss.mean <= plain('logLoss') - 0.007, found);
    assert.ok(metrics.calibrationError.mean <= 0.03, `calibration error ${metrics.calibrationError.mean}`);
    const folds = lines.filter(({ msg }) => msg === 'fold is trained');
    assert.equal(folds.length, splits.length * 4 * churn.split.folds);
  });
});
