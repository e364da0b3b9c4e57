import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { withPulse } from '../withPulse.ts';
import { blendModelFiles } from './blendModelFiles.ts';
import type { TrainedCandidate } from './createTrainCandidate.ts';
import { toFloat64 } from './trainFolds.ts';

interface BlendCandidatesInput {
  /** Artifact digest of the definition. */
  readonly definition: string;
  /** Artifact digest of the validated table. */
  readonly table: string;
  /** What this run trained, all on the same split. */
  readonly candidates: readonly Pick<TrainedCandidate, 'trainer' | 'digest' | 'outOfFold'>[];
}

const nothingDone: TrainCandidateHeartbeat = { trainer: 'blend', folds: {}, foldsTotal: 0, seconds: 0 };

/**
 * The candidate that is made of the others: a mixture weighed by their out-of-fold predictions, as one model file. It takes
 * about a second, so that another attempt begins anew; the same input gives the same digest.
 */
export const createBlendCandidates =
  (ports: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>) =>
  (input: BlendCandidatesInput): Promise<TrainedCandidate> =>
    withPulse(
      () => heartbeat(nothingDone),
      () => blend(ports, input),
    );

async function blend(
  { artifacts, training, logger }: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  input: BlendCandidatesInput,
): Promise<TrainedCandidate> {
  const blended = await blendModelFiles({
    training,
    definition: await readDefinition(artifacts, input.definition),
    table: decodeTable(await artifacts.get(input.table)),
    tablePath: await artifacts.path(input.table),
    members: await Promise.all(
      input.candidates.map(async ({ trainer, digest, outOfFold }) => ({
        trainer,
        onnx: await artifacts.get(digest),
        outOfFold: toFloat64(await artifacts.get(outOfFold)),
      })),
    ),
    signal: cancellationSignal(),
  });
  const { weights, metrics, seconds } = blended;
  const { outOfFold, crossValidation } = blended.blend;
  logger.info({ weights, seconds }, 'candidates are blended');
  return {
    trainer: 'blend',
    digest: await artifacts.put(blended.onnx),
    outOfFold: await artifacts.put(new Uint8Array(outOfFold.buffer)),
    metrics,
    crossValidation,
    parameters: { trainer: 'blend', weights },
    seconds,
  };
}
