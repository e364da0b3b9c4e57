import { registerVersions } from '../../db/models/registerVersions.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import type { TrainedCandidate } from '../training/trainCandidate.ts';

interface RegisterCandidatesInput {
  readonly runId: string;
  readonly candidates: readonly Omit<TrainedCandidate, 'outOfFold'>[];
}

export interface RegisteredCandidate {
  readonly version: number;
  readonly trainer: string;
  readonly digest: string;
  readonly metrics: Metrics;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
}

/**
 * Every candidate becomes a model version, in the definition's order; registering a run again answers what is there. What the
 * version says of its signature and threshold is what its file says.
 */
export const createRegisterCandidates =
  ({ database, artifacts }: Pick<ActivityPorts, 'database' | 'artifacts'>) =>
  async ({ runId, candidates }: RegisterCandidatesInput): Promise<RegisteredCandidate[]> => {
    const described = await Promise.all(
      candidates.map(async candidate => {
        const { inputs, label, id, threshold, offer } = readMetadata(await artifacts.get(candidate.digest));
        return { ...candidate, threshold, signature: { inputs, label, id, offer } };
      }),
    );
    const versions = await registerVersions(database, runId, described);
    return versions.map(({ version, trainer, digest, metrics, crossValidation }) => ({
      version,
      trainer,
      digest,
      metrics,
      crossValidation,
    }));
  };
