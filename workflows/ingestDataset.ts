import {
  ActivityCancellationType,
  CancellationScope,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type {
  IngestAloneInput,
  IngestDatasetInput,
  IngestDatasetResult,
} from '../platform/workflowContract.ts';
import { DATA_BOUND, QUICK } from './activityOptions.ts';
import { endEarly } from './endEarly.ts';
import { modelAttribute, progressQuery, triggerAttribute } from './runMarks.ts';
import { TrainingState } from './TrainingState.ts';

const { beginRun, endRun } = proxyActivities<Activities>(QUICK);
// A cancelled run waits until its transfer has really stopped, so that "cancelled" is true when it is said.
const { ingest } = proxyActivities<Activities>({
  ...DATA_BOUND,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * A source becomes a validated, profiled, immutable dataset version; the same bytes become the same version. As a part of a
 * training run it works for that run; started by itself (by a person or a Schedule) it is a run of its own, and reads the
 * definition's source afresh where no data is named.
 */
export const ingestDataset = (
  input: IngestDatasetInput | IngestAloneInput = {},
): Promise<IngestDatasetResult> => (isPart(input) ? ingest(input) : ingestAlone(input));

const isPart = (input: IngestDatasetInput | IngestAloneInput | null): input is IngestDatasetInput =>
  typeof input === 'object' && input !== null && 'definition' in input;

async function ingestAlone(input: IngestAloneInput): Promise<IngestDatasetResult> {
  const { workflowId, firstExecutionRunId: runId } = workflowInfo();
  const state = new TrainingState(input?.model ?? '');
  const enter = (stage: string): void => {
    state.enter(stage);
    setCurrentDetails(state.details());
  };
  setHandler(progressQuery, () => state.progress());
  try {
    const { model, definition, trigger, data } = await beginRun({
      runId,
      workflowId,
      input,
      kind: 'ingestDataset',
    });
    upsertSearchAttributes([
      { key: modelAttribute, value: model },
      { key: triggerAttribute, value: trigger },
    ]);
    state.begin(model, [], 0);
    enter('reading and validating the data');
    const dataset = await ingest({ runId, model, definition, data, fresh: true });
    // The version is there: a cancellation that comes now comes too late.
    return await CancellationScope.nonCancellable(async () => {
      const { version, isNew } = dataset;
      state.ingested(dataset);
      const stage = isNew ? `version ${version} is new` : `unchanged, version ${version}`;
      enter(stage);
      await endRun({ id: runId, status: 'succeeded', stage, result: { isNew } });
      return dataset;
    });
  } catch (error) {
    await endEarly(runId, error);
    throw error;
  }
}
