import type { RunKind } from '../../db/runs/Run.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { candidatesOf } from '../../ml/definition/candidatesOf.ts';
import type { ForeignTrainer } from '../../ml/definition/foreignTrainer.ts';
import { foreignTrainersOf } from '../../ml/definition/foreignTrainersOf.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { checkData } from './checkData.ts';
import { ingestDatasetInput } from './ingestDatasetInput.ts';
import { trainModelInput } from './trainModelInput.ts';
import { loadProject } from '../../projects/loadProject.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import type { TrainModelInput } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

export interface BegunRun {
  readonly model: string;
  readonly trigger: string;
  /** Who promotes by the run; absent in runs begun before that was known. */
  readonly actor?: string;
  /** Artifact digest of the definition, with the run's recipe in it. */
  readonly definition: string;
  readonly data: string | null;
  readonly trainers: readonly string[];
  /** Those of the trainers that are not ours, and where they poll; absent in runs begun before there were any. */
  readonly elsewhere?: readonly Pick<ForeignTrainer, 'name' | 'taskQueue' | 'startWithinSeconds'>[];
  readonly folds: number;
  readonly selection: ProjectDefinition['selection'];
  readonly gate: ProjectDefinition['gate'];
}

interface BeginRunInput {
  readonly runId: string;
  readonly workflowId: string;
  /** As it came from whoever started the workflow: not yet checked. */
  readonly input: unknown;
  /** Default: trainModel. */
  readonly kind?: RunKind;
}

/**
 * Checks what was asked, fixes the definition for the whole run by storing it as an artifact, and opens the run's row. A
 * workflow is started by anybody who reaches Temporal, so its input is checked here like a request.
 * @throws HoldfastError invalidArgument that names the field, what came and what was expected
 */
export const createBeginRun =
  ({
    artifacts,
    database,
    defaultModel,
    track,
  }: Pick<ActivityPorts, 'artifacts' | 'database' | 'defaultModel' | 'track'>) =>
  async ({ runId, workflowId, input, kind = 'trainModel' }: BeginRunInput): Promise<BegunRun> => {
    const asked: TrainModelInput = kind === 'trainModel' ? trainModelInput(input) : ingestDatasetInput(input);
    const { model = defaultModel, data, recipe, trigger = 'temporal', actor } = asked;
    if (data !== undefined) checkData(data);
    const { definition, text } = runDefinition((await loadProject(model)).definition, recipe);
    const digest = await artifacts.put(Buffer.from(text));
    await startRun(database, {
      id: runId,
      workflowId,
      model,
      kind,
      trigger,
      input: {
        model,
        ...(data === undefined ? {} : { data }),
        ...(recipe === undefined ? {} : { recipe }),
        ...(actor === undefined ? {} : { actor }),
      },
      definition,
      definitionDigest: digest,
      seed: definition.seed,
    });
    // MLflow is for trainings: a source that is looked at every hour is no experiment.
    if (kind === 'trainModel') await track({ id: runId, model });
    const { split, selection, gate } = definition;
    return {
      model,
      trigger,
      ...(actor === undefined ? {} : { actor }),
      definition: digest,
      data: data ?? null,
      trainers: candidatesOf(definition),
      elsewhere: foreignTrainersOf(definition).map(({ name, taskQueue, startWithinSeconds }) => ({
        name,
        taskQueue,
        startWithinSeconds,
      })),
      folds: split.folds,
      selection,
      gate,
    };
  };
