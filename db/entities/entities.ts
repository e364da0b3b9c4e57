import { AliasEventEntity } from './AliasEventEntity.ts';
import { DatasetVersionEntity } from './DatasetVersionEntity.ts';
import { InferenceModelEntity } from './InferenceModelEntity.ts';
import { InferenceProcessEntity } from './InferenceProcessEntity.ts';
import { ModelAliasEntity } from './ModelAliasEntity.ts';
import { ModelVersionEntity } from './ModelVersionEntity.ts';
import { TrainingRunEntity } from './TrainingRunEntity.ts';

/** Every table's entity; nothing is found by looking through folders. */
export const entities = [
  AliasEventEntity,
  DatasetVersionEntity,
  InferenceModelEntity,
  InferenceProcessEntity,
  ModelAliasEntity,
  ModelVersionEntity,
  TrainingRunEntity,
];
