import { startRun } from '../../db/runs/startRun.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ImportModelInput } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { checkData } from '../runs/checkData.ts';
import { importModelInput } from './importModelInput.ts';

export interface BegunImport {
  readonly model: string;
  readonly trigger: string;
  readonly trainer: string;
  /** Artifact digest of the definition. */
  readonly definition: string;
  readonly data: string | null;
  readonly gate: ProjectDefinition['gate'];
  readonly input: ImportModelInput;
}

interface BeginImportInput {
  readonly runId: string;
  readonly workflowId: string;
  /** As it came from whoever started the workflow: not yet checked. */
  readonly input: unknown;
}

/**
 * Checks what was asked, fixes the definition for the whole import, and opens the run's row.
 * @throws HoldfastError invalidArgument that names the field, what came and what was expected; as loadProject
 */
export const createBeginImport =
  ({ artifacts, database, defaultModel }: Pick<ActivityPorts, 'artifacts' | 'database' | 'defaultModel'>) =>
  async ({ runId, workflowId, input: asked }: BeginImportInput): Promise<BegunImport> => {
    const input = importModelInput(asked);
    const { model = defaultModel, trigger = 'temporal', trainer = 'imported', data = null } = input;
    if (data !== null) checkData(data);
    const { definition, text } = runDefinition((await loadProject(model)).definition);
    const digest = await artifacts.put(Buffer.from(text));
    await startRun(database, {
      id: runId,
      workflowId,
      model,
      kind: 'importModel',
      trigger,
      input: { ...input, model },
      definition,
      definitionDigest: digest,
      seed: definition.seed,
    });
    return { model, trigger, trainer, definition: digest, data, gate: definition.gate, input };
  };
