import { changeExperiment } from '../../db/experiments/changeExperiment.ts';
import { allocateBuckets } from '../../ml/experiments/allocateBuckets.ts';
import type { FieldViolation } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { AdjustExperimentRequest, Experiment } from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';
import { invalidExperiment } from './invalidExperiment.ts';
import { readWeights } from './weights.ts';

/**
 * Gives the arms of a running experiment other weights.
 * @throws HoldfastError notFound; invalidArgument (not every arm, or no sum of 100); failedPrecondition (it has stopped)
 */
export async function adjustExperiment(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  { model: asked, name, weights: given, reason }: AdjustExperimentRequest,
  actor: string,
): Promise<Experiment> {
  const model = await requireModel(ports, asked);
  const changed = await changeExperiment(ports.database, {
    model,
    name,
    kind: 'adjust',
    actor,
    reason,
    allocate: ({ arms, allocation }) => {
      const names = arms.flatMap(arm => (arm.shadow ? [] : [arm.name]));
      const violations: FieldViolation[] = [];
      for (const [index, { arm }] of given.entries())
        if (!names.includes(arm) || given.findIndex(other => other.arm === arm) !== index)
          violations.push({
            field: `weights[${index}].arm`,
            description: names.includes(arm)
              ? `${arm} is there twice`
              : `is no arm that answers.${didYouMean(arm, names)} Expected ${names.join(', ')}`,
          });
      const lacking = names.filter(arm => given.every(other => other.arm !== arm));
      if (lacking.length > 0)
        violations.push({
          field: 'weights',
          description: `expected a weight for every arm, got none for ${lacking.join(', ')}`,
        });
      const weights = readWeights(given, 'weights', violations);
      if (violations.length > 0) throw invalidExperiment('adjusted', violations);
      const inOrder = weights.toSorted((one, other) => names.indexOf(one.arm) - names.indexOf(other.arm));
      return allocateBuckets(allocation, inOrder);
    },
  });
  return encodeExperiment(changed);
}
