import { registerVersions } from '../../db/models/registerVersions.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import type { TrainedCandidate } from '../training/createTrainCandidate.ts';
import { readDefinition } from './readDefinition.ts';

interface RegisterCandidatesInput {
  readonly runId: string;
  /** Artifact digest of the definition. */
  readonly definition: string;
  readonly candidates: readonly TrainedCandidate[];
}

export interface RegisteredCandidate {
  readonly version: number;
  readonly trainer: string;
  readonly digest: string;
  readonly metrics: Metrics;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
}

/** Every candidate becomes a model version, in the definition's order; registering a run again answers what is there. */
export const createRegisterCandidates =
  ({ database, artifacts }: Pick<ActivityPorts, 'database' | 'artifacts'>) =>
  async (input: RegisterCandidatesInput): Promise<RegisteredCandidate[]> => {
    const { label, id } = await readDefinition(artifacts, input.definition);
    const versions = await registerVersions(
      database,
      input.runId,
      input.candidates.map(({ signature, ...candidate }) => ({
        ...candidate,
        signature: { inputs: signature, label, id: id ?? null },
      })),
    );
    return versions.map(({ version, trainer, digest, metrics, crossValidation }) => ({
      version,
      trainer,
      digest,
      metrics,
      crossValidation,
    }));
  };
