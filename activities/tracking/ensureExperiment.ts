import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { MlflowClient } from './createMlflowClient.ts';
import { MlflowRefusal } from './MlflowRefusal.ts';

const found = z.object({ experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }) });
const made = z.object({ experiment_id: z.string() });

/**
 * The experiment's id; it is made where there is none.
 * @throws HoldfastError failedPrecondition where somebody deleted it: its name is taken until it is restored or gone for good
 */
export async function ensureExperiment(
  mlflow: MlflowClient,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const experiment = await find(mlflow, name, signal);
  if (experiment === null)
    return (await mlflow.post('mlflow/experiments/create', { name }, made, signal)).experiment_id;
  if (experiment.lifecycle_stage !== 'active')
    throw new HoldfastError(
      'failedPrecondition',
      `The experiment ${JSON.stringify(name)} of MLflow at ${mlflow.url} is deleted. Restore it (\`mlflow experiments restore --experiment-id ${experiment.experiment_id}\`), or set MLFLOW_EXPERIMENT_NAME to another name.`,
    );
  return experiment.experiment_id;
}

async function find(mlflow: MlflowClient, name: string, signal: AbortSignal) {
  const query = { experiment_name: name };
  try {
    return (await mlflow.get('mlflow/experiments/get-by-name', query, found, signal)).experiment;
  } catch (error) {
    if (error instanceof MlflowRefusal && error.reason === 'RESOURCE_DOES_NOT_EXIST') return null;
    throw error;
  }
}
