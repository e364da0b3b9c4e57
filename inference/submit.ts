import { HoldfastError } from '../platform/HoldfastError.ts';
import {
  PredictRequest,
  type SubmitRequest,
  type SubmitResponse,
} from '../proto/gen/holdfast/v1/prediction.ts';
import { decodePredictCall } from './PredictCall.ts';
import { type Caller, predict, type PredictContext } from './predict.ts';

/**
 * One customer: assigned, scored, and kept with its columns until its true outcome is known. It is answered only when it is
 * kept, for that is what it was submitted for.
 * @throws HoldfastError as predict; invalidArgument where there is no customer, or nobody says who it is; resourceExhausted where it could
 *   not be kept
 */
export async function submit(
  context: PredictContext,
  { model, instance, unitKey, labelKey }: SubmitRequest,
  caller: Caller,
): Promise<SubmitResponse> {
  if (instance === undefined) throw nothing();
  const bytes = PredictRequest.encode({ model, version: '', instances: [instance], labelKey }).finish();
  const call = { ...decodePredictCall(Buffer.from(bytes)), nameRow: () => 'instance' };
  const answer = await predict(context, call, caller, {
    unitKey,
    assertUnits: ([key]) => {
      if (key === null) throw nobody(context.stickyHeader);
    },
    features: columns => Object.fromEntries(columns.map(name => [name, instance[name] ?? null])),
  });
  if (!answer.kept)
    throw new HoldfastError(
      'resourceExhausted',
      'The customer was scored but could not be kept, for the spool has no room: free disk space, bring PostgreSQL back, or raise HOLDFAST_SPOOL_MAX_MB. Then submit it again.',
    );
  return {
    predictionId: answer.predictionId,
    model: answer.model,
    modelVersion: answer.modelVersion,
    experiment: answer.experiment,
    arm: answer.arm,
    unitKey: answer.unitKeys[0] ?? '',
    threshold: answer.threshold,
    label: answer.predictions[0],
    probability: answer.probabilities[0],
  };
}

const nothing = (): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    'The instance is missing; expected the columns of one customer as "instance".',
    { violations: [{ field: 'instance', description: 'is missing; expected the columns of one customer' }] },
  );

const nobody = (stickyHeader: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `Nobody says whose customer this is, so that its outcome could never be told: name it by the header ${stickyHeader}, by unit_key, or in the model's id column.`,
    { violations: [{ field: 'unit_key', description: 'expected the key of the customer' }] },
  );
