import { getCustomer as readCustomer } from '../../db/outcomes/getCustomer.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { Customer, type GetCustomerRequest } from '../../proto/gen/holdfast/v1/outcome.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeCustomer } from './encodeCustomer.ts';

/** All that is known of one customer. @throws HoldfastError notFound */
export async function getCustomer(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: GetCustomerRequest,
): Promise<Customer> {
  const { unitKey } = request;
  const model = await requireModel(ports, request.model);
  const { summary, submissions, predictions, outcomes } = await readCustomer(ports.database, model, unitKey);
  if (summary === null && predictions.length === 0 && outcomes.length === 0)
    throw new HoldfastError(
      'notFound',
      `Nothing is known of a customer ${JSON.stringify(unitKey)} of ${model}. What was just submitted is here within a second; \`./holdfast customers list\` shows who is.`,
    );
  const [newest] = outcomes;
  return {
    ...(summary === null
      ? Customer.fromPartial({
          model,
          unitKey,
          outcome: newest?.outcome ?? '',
          outcomeTime: newest?.observedAt,
        })
      : encodeCustomer(summary)),
    submissions: submissions.map(({ predictionId, at, features }) => ({ predictionId, time: at, features })),
    predictions: predictions.map(({ id, at, version, experiment, arm, ...rest }) => ({
      ...rest,
      predictionId: id,
      time: at,
      modelVersion: version,
      experiment: experiment ?? '',
      arm: arm ?? '',
    })),
    outcomes: outcomes.map(
      ({ observedAt, recordedAt, predictionId, instance, outcome, revision, actor }) => ({
        outcome,
        revision,
        actor,
        observedTime: observedAt,
        recordTime: recordedAt,
        predictionId: predictionId ?? '',
        instance: instance ?? 0,
      }),
    ),
  };
}
