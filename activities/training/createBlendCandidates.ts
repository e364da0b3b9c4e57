import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { withPulse } from '../withPulse.ts';
import { type BlendCandidatesOptions, blendCandidates } from './blendCandidates.ts';
import { readMaterial } from './readMaterial.ts';
import type { TrainedCandidate } from './trainCandidate.ts';

interface BlendCandidatesInput extends Pick<BlendCandidatesOptions, 'candidates'> {
  /** Artifact digest of the definition. */
  readonly definition: string;
  /** Artifact digest of the validated table. */
  readonly table: string;
}

const nothingDone: TrainCandidateHeartbeat = { trainer: 'blend', folds: {}, foldsTotal: 0, seconds: 0 };

/** Blends what a run has trained. It takes about a second, so that another attempt begins anew; the same input gives the same digest. */
export const createBlendCandidates =
  (ports: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>) =>
  (input: BlendCandidatesInput): Promise<TrainedCandidate> =>
    withPulse(
      () => heartbeat(nothingDone),
      async () =>
        blendCandidates(ports, {
          ...(await readMaterial(ports.artifacts, input)),
          candidates: input.candidates,
          signal: cancellationSignal(),
        }),
    );
