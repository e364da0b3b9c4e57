import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { withPulse } from '../withPulse.ts';
import { readMaterial } from './readMaterial.ts';
import { type TrainedCandidate, trainCandidate } from './trainCandidate.ts';

export interface TrainCandidateInput {
  /** Artifact digest of the definition. */
  readonly definition: string;
  /** Artifact digest of the validated table. */
  readonly table: string;
  readonly datasetDigest: string;
  readonly trainer: string;
}

/** Trains one candidate; the heartbeat carries what is done, and another attempt goes on from there. */
export const createTrainCandidate =
  (ports: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>) =>
  async (input: TrainCandidateInput): Promise<TrainedCandidate> => {
    const { trainer, datasetDigest } = input;
    const last: TrainCandidateHeartbeat | undefined = activityInfo().heartbeatDetails;
    const before = last ?? { trainer, folds: {}, foldsTotal: 0, seconds: 0 };
    let done = before;
    return withPulse(
      () => heartbeat(done),
      async () =>
        trainCandidate(ports, {
          ...(await readMaterial(ports.artifacts, input)),
          datasetDigest,
          trainer,
          before,
          onProgress: progress => {
            done = progress;
            heartbeat(done);
          },
          signal: cancellationSignal(),
        }),
    );
  };
