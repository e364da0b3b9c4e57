import type { TableSplit } from '../../ml/dataset/splitTable.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';

/** What the candidates of one run share. */
export interface TrainingMaterial {
  readonly definition: ProjectDefinition;
  /** Of the source's bytes. */
  readonly datasetDigest: string;
  readonly table: Table;
  /** Where the training threads read the same table. */
  readonly tablePath: string;
  readonly split: TableSplit;
}

export interface TrainCandidateOptions extends TrainingMaterial {
  readonly trainer: string;
  /** What earlier attempts had done. */
  readonly before: TrainCandidateHeartbeat;
  readonly onProgress: (done: TrainCandidateHeartbeat) => void;
  readonly signal: AbortSignal;
}
