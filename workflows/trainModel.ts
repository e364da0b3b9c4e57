import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  executeChild,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { TrainedCandidate } from '../activities/training/trainCandidate.ts';
import { describeChoice } from '../ml/evaluation/describeChoice.ts';
import { selectChampion } from '../ml/evaluation/selectChampion.ts';
import type { TrainModelInput, TrainModelResult } from '../platform/workflowContract.ts';
import { CPU_BOUND, QUICK } from './activityOptions.ts';
import { endEarly } from './endEarly.ts';
import { ingestDataset } from './ingestDataset.ts';
import { promoteChampion } from './promoteChampion.ts';
import { modelAttribute, progressQuery, triggerAttribute } from './runMarks.ts';
import { settleTogether } from './settleTogether.ts';
import { trainElsewhere } from './trainElsewhere.ts';
import { TrainingState } from './TrainingState.ts';

// Data to a gated, promoted version. Only ids and digests pass through here; whatever is decided is decided by pure
// functions over metrics, so that a replay decides the same.

const { beginRun, registerCandidates, endRun } = proxyActivities<Activities>(QUICK);
// A cancelled run waits until its training has really stopped, so that "cancelled" is true when it is said.
const { trainCandidate, blendCandidates } = proxyActivities<Activities>({
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
    const { model, definition } = run;
    upsertSearchAttributes([
      { key: modelAttribute, value: model },
      { key: triggerAttribute, value: run.trigger },
    ]);
    state.begin(model, run.trainers, run.folds);

    enter('reading and validating the data');
    const dataset = await executeChild(ingestDataset, {
      workflowId: `${workflowId}-ingest`,
      args: [{ runId, model, definition, data: run.data }],
    });
    state.ingested(dataset);

    enter('training the candidates');
    const { table, digest: datasetDigest } = dataset;
    const trainers = run.trainers.filter(trainer => trainer !== 'blend');
    const leftOut: { trainer: string; reason: string }[] = [];
    const outcomes = await settleTogether(trainers, async trainer => {
      state.candidate(trainer, 'training');
      const elsewhere = run.elsewhere?.find(({ name }) => name === trainer);
      const outcome =
        elsewhere === undefined
          ? await trainCandidate({ definition, table, datasetDigest, trainer })
          : await trainElsewhere(elsewhere, { runId, definition, table, datasetDigest });
      if ('leftOut' in outcome) {
        leftOut.push({ trainer, reason: outcome.leftOut });
        state.candidate(trainer, 'left out', outcome.leftOut);
      } else state.candidate(trainer, 'trained');
      enter('training the candidates');
      return outcome;
    });
    const candidates: TrainedCandidate[] = outcomes.flatMap(outcome =>
      'leftOut' in outcome ? [] : [outcome],
    );
    if (candidates.length === 0)
      throw ApplicationFailure.nonRetryable(
        `No candidate came about. ${leftOut.map(({ trainer, reason }) => `${trainer}: ${reason}`).join('; ')}.`,
        'failedPrecondition',
      );

    if (run.trainers.includes('blend') && candidates.length === 1) {
      const reason = 'a blend needs two candidates at least, and only one came about';
      leftOut.push({ trainer: 'blend', reason });
      state.candidate('blend', 'left out', reason);
    } else if (run.trainers.includes('blend')) {
      state.candidate('blend', 'training');
      enter('blending the candidates');
      const members = candidates.map(({ trainer, digest, outOfFold }) => ({ trainer, digest, outOfFold }));
      candidates.push(await blendCandidates({ definition, table, candidates: members }));
      state.candidate('blend', 'trained');
    }

    // What follows takes seconds and changes what others see: a cancellation that comes now comes too late.
    return await CancellationScope.nonCancellable(async () => {
      enter('registering the candidates');
      const registered = await registerCandidates({ runId, candidates });
      const champion = selectChampion(registered, run.selection, run.folds);
      const { gate, promotedTo } = await promoteChampion({ run, champion, table, enter });
      const championVersion = champion.version;
      enter(
        promotedTo === null
          ? 'the gate refused the champion'
          : `version ${championVersion} is in ${promotedTo}`,
      );
      const { stage } = state.progress();
      await endRun({
        id: runId,
        status: 'succeeded',
        stage,
        result: {
          championVersion,
          choice: describeChoice(registered, champion, run.selection, run.folds),
          promotedTo,
          gate,
          ...(leftOut.length > 0 && { leftOut }),
        },
      });
      return { runId, model, championVersion, promotedTo, gate };
    });
  } catch (error) {
    await endEarly(runId, error);
    throw error;
  }
}
