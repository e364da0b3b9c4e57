import { AliasEventEntity } from './AliasEventEntity.ts';
import { DatasetVersionEntity } from './DatasetVersionEntity.ts';
import { ExperimentArmEntity } from './ExperimentArmEntity.ts';
import { ExperimentEntity } from './ExperimentEntity.ts';
import { ExperimentEventEntity } from './ExperimentEventEntity.ts';
import { ExposureEntity } from './ExposureEntity.ts';
import { InferenceModelEntity } from './InferenceModelEntity.ts';
import { InferenceProcessEntity } from './InferenceProcessEntity.ts';
import { ModelAliasEntity } from './ModelAliasEntity.ts';
import { ModelReportEntity } from './ModelReportEntity.ts';
import { ModelVersionEntity } from './ModelVersionEntity.ts';
import { PredictionEntity } from './PredictionEntity.ts';
import { ProductionRowEntity } from './ProductionRowEntity.ts';
import { TrainingRunEntity } from './TrainingRunEntity.ts';

/** Every table's entity; nothing is found by looking through folders. */
export const entities = [
  AliasEventEntity,
  DatasetVersionEntity,
  ExperimentArmEntity,
  ExperimentEntity,
  ExperimentEventEntity,
  ExposureEntity,
  InferenceModelEntity,
  InferenceProcessEntity,
  ModelAliasEntity,
  ModelReportEntity,
  ModelVersionEntity,
  PredictionEntity,
  ProductionRowEntity,
  TrainingRunEntity,
];
