import type { ActivityPorts } from '../ActivityPorts.ts';
import { blendModelFiles } from './blendModelFiles.ts';
import type { TrainedCandidate } from './trainCandidate.ts';
import type { TrainingMaterial } from './TrainingMaterial.ts';
import { toFloat64 } from './trainFolds.ts';

export interface BlendCandidatesOptions extends Omit<TrainingMaterial, 'datasetDigest'> {
  /** All trained on the same split. */
  readonly candidates: readonly Pick<TrainedCandidate, 'trainer' | 'digest' | 'outOfFold'>[];
  readonly signal: AbortSignal;
}

/** The candidate that is made of the others: a mixture weighed by their out-of-fold predictions, as one model file. */
export async function blendCandidates(
  { artifacts, training, logger }: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  { candidates, ...options }: BlendCandidatesOptions,
): Promise<TrainedCandidate> {
  const blended = await blendModelFiles({
    ...options,
    training,
    members: await Promise.all(
      candidates.map(async ({ trainer, digest, outOfFold }) => ({
        trainer,
        onnx: await artifacts.get(digest),
        outOfFold: toFloat64(await artifacts.get(outOfFold)),
      })),
    ),
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
