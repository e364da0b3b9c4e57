import { findVersionByDigest } from '../../db/models/findVersionByDigest.ts';
import type { Metrics } from '../../ml/evaluation/Metrics.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { createRegisterCandidates } from '../runs/createRegisterCandidates.ts';
import type { TrainedCandidate } from '../training/trainCandidate.ts';

interface RegisterImportInput {
  readonly runId: string;
  readonly model: string;
  readonly candidate: Omit<TrainedCandidate, 'outOfFold'>;
}

export interface RegisteredImport {
  readonly version: number;
  readonly metrics: Metrics;
  /** Whether an earlier import had made the same file a version. */
  readonly existed: boolean;
}

/** An imported file becomes a version, once: the same file asked for in the same way is the same version. */
export const createRegisterImport =
  (ports: Pick<ActivityPorts, 'database' | 'artifacts'>) =>
  async ({ runId, model, candidate }: RegisterImportInput): Promise<RegisteredImport> => {
    const before = await findVersionByDigest(ports.database, model, candidate.digest);
    if (before !== null)
      return { version: before.version, metrics: before.metrics, existed: before.runId !== runId };
    const [{ version, metrics }] = await createRegisterCandidates(ports)({ runId, candidates: [candidate] });
    return { version, metrics, existed: false };
  };
