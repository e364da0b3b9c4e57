import {
  ActivityCancellationType,
  CancellationScope,
  defineQuery,
  executeChild,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Activities } from '../activities/createActivities.ts';
import { checkGate } from '../ml/evaluation/checkGate.ts';
import { selectChampion } from '../ml/evaluation/selectChampion.ts';
import type { TrainModelInput, TrainModelProgress, TrainModelResult } from '../platform/workflowContract.ts';
import { CPU_BOUND, QUICK } from './activityOptions.ts';
import { failureText } from './failureText.ts';
import { ingestDataset } from './ingestDataset.ts';
import { promoteModel } from './promoteModel.ts';
import { TrainingState } from './TrainingState.ts';

// Data to a gated, promoted version. Only ids and digests pass through here; whatever is decided is decided by pure
// functions over metrics, so that a replay decides the same.

export const progressQuery = defineQuery<TrainModelProgress>('progress');
const modelAttribute = defineSearchAttributeKey('HoldfastModel', SearchAttributeType.KEYWORD);
const triggerAttribute = defineSearchAttributeKey('HoldfastTrigger', SearchAttributeType.KEYWORD);

const { beginRun, registerCandidates, productionVersion, evaluateVersion, endRun } =
  proxyActivities<Activities>(QUICK);
// A cancelled run waits until its training has really stopped, so that "cancelled" is true when it is said.
const { trainCandidate } = proxyActivities<Activities>({
  ...CPU_BOUND,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export async function trainModel(input: TrainModelInput = {}): Promise<TrainModelResult> {
  const { workflowId, firstExecutionRunId: runId } = workflowInfo();
  const state = new TrainingState(input.model ?? '');
  const enter = (stage: string): void => {
    state.enter(stage);
    setCurrentDetails(state.details());
  };
  setHandler(progressQuery, () => state.progress());
  try {
    const run = await beginRun({ runId, workflowId, input });
    upsertSearchAttributes([
      { key: modelAttribute, value: run.model },
      { key: triggerAttribute, value: run.trigger },
    ]);
    state.begin(run.model, run.trainers, run.folds);

    enter('reading and validating the data');
    const dataset = await executeChild(ingestDataset, {
      workflowId: `${workflowId}-ingest`,
      args: [{ runId, model: run.model, definition: run.definition, data: run.data }],
    });
    state.ingested(dataset);

    enter('training the candidates');
    const { definition } = run;
    const trained = await Promise.all(
      run.trainers.map(async trainer => {
        state.candidate(trainer, 'training');
        const candidate = await trainCandidate({
          definition,
          table: dataset.table,
          datasetDigest: dataset.digest,
          trainer,
        });
        state.candidate(trainer, 'trained');
        enter('training the candidates');
        return candidate;
      }),
    );

    enter('registering the candidates');
    const registered = await registerCandidates({ runId, definition, candidates: trained });
    const champion = selectChampion(registered, run.selection);

    enter('checking the gate');
    const production = await productionVersion(run.model);
    const standing =
      production === null
        ? null
        : await evaluateVersion({ model: run.model, version: production, definition, table: dataset.table });
    const gate = [...checkGate(run.gate, champion.metrics, standing?.metrics ?? null)];
    if (standing?.obstacle) gate.push({ rule: 'comparable', passed: true, detail: standing.obstacle });
    const passed = gate.every(check => check.passed);
    const alias = production === null ? 'production' : 'staging';
    if (passed) {
      enter(`promoting version ${champion.version} to ${alias}`);
      await executeChild(promoteModel, {
        workflowId: `${workflowId}-promote`,
        args: [
          {
            model: run.model,
            version: champion.version,
            alias,
            actor: run.trigger,
            reason: `champion of run ${workflowId}`,
          },
        ],
      });
    }
    const result: TrainModelResult = {
      runId,
      model: run.model,
      championVersion: champion.version,
      promotedTo: passed ? alias : null,
      gate,
    };
    enter(passed ? `version ${champion.version} is in ${alias}` : 'the gate refused the champion');
    await endRun({
      id: runId,
      status: 'succeeded',
      stage: state.progress().stage,
      result: { championVersion: result.championVersion, promotedTo: result.promotedTo, gate },
    });
    return result;
  } catch (error) {
    const cancelled = isCancellation(error);
    log.warn('the training run ended early', { runId, cancelled });
    await CancellationScope.nonCancellable(() =>
      endRun({
        id: runId,
        status: cancelled ? 'cancelled' : 'failed',
        error: cancelled ? 'cancelled on request' : failureText(error),
      }),
    );
    throw error;
  }
}
