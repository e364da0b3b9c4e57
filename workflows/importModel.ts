import {
  ActivityCancellationType,
  CancellationScope,
  executeChild,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { ImportModelInput, ImportModelResult } from '../platform/workflowContract.ts';
import { DATA_BOUND, QUICK } from './activityOptions.ts';
import { checkAgainstProduction } from './checkAgainstProduction.ts';
import { endEarly } from './endEarly.ts';
import { ingestDataset } from './ingestDataset.ts';
import { modelAttribute, progressQuery, triggerAttribute } from './runMarks.ts';
import { TrainingState } from './TrainingState.ts';

const { beginImport, registerImport, endRun } = proxyActivities<Activities>(QUICK);
const { importFile } = proxyActivities<Activities>({
  ...DATA_BOUND,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * A model file that was made elsewhere becomes a version: checked, rewritten in our form, evaluated on the model's data. No alias
 * moves; what the gate would say is told, and a person promotes it or does not.
 */
export async function importModel(input: ImportModelInput): Promise<ImportModelResult> {
  const { workflowId, firstExecutionRunId: runId } = workflowInfo();
  const state = new TrainingState(input?.model ?? '');
  const enter = (stage: string): void => {
    state.enter(stage);
    setCurrentDetails(state.details());
  };
  setHandler(progressQuery, () => state.progress());
  try {
    const begun = await beginImport({ runId, workflowId, input });
    const { model, definition, trainer, trigger } = begun;
    upsertSearchAttributes([
      { key: modelAttribute, value: model },
      { key: triggerAttribute, value: trigger },
    ]);
    state.begin(model, [trainer], 0);

    enter('reading and validating the data');
    const dataset = await executeChild(ingestDataset, {
      workflowId: `${workflowId}-ingest`,
      args: [{ runId, model, definition, data: begun.data }],
    });
    state.ingested(dataset);

    enter('checking the file');
    const { table, digest: datasetDigest } = dataset;
    const { file, fileName, columns, threshold, samples, samplesName, allowSlow } = begun.input;
    const candidate = await importFile({
      file,
      fileName,
      columns,
      threshold,
      samples,
      samplesName,
      allowSlow,
      trainer,
      importedBy: begun.input.actor ?? trigger,
      definition,
      table,
      datasetDigest,
    });
    state.candidate(trainer, 'trained');

    return await CancellationScope.nonCancellable(async () => {
      enter('registering the version');
      const { version, metrics, existed } = await registerImport({ runId, model, candidate });
      const { gate } = await checkAgainstProduction({ model, definition, table, rules: begun.gate, metrics });
      const stage = existed ? `it is version ${version} already` : `version ${version} is imported`;
      enter(stage);
      const result = { championVersion: version, promotedTo: null, gate };
      await endRun({ id: runId, status: 'succeeded', stage, result });
      return { runId, model, version, existed, gate };
    });
  } catch (error) {
    await endEarly(runId, error);
    throw error;
  }
}
