import { AccessRevisionEntity } from './AccessRevisionEntity.ts';
import { AliasEventEntity } from './AliasEventEntity.ts';
import { ApiKeyEntity } from './ApiKeyEntity.ts';
import { ArchivedVersionEntity } from './ArchivedVersionEntity.ts';
import { AuditEventEntity } from './AuditEventEntity.ts';
import { AuditOutcomeEntity } from './AuditOutcomeEntity.ts';
import { CustomerEntity } from './CustomerEntity.ts';
import { DatasetVersionEntity } from './DatasetVersionEntity.ts';
import { DriftBaselineEntity } from './DriftBaselineEntity.ts';
import { ExperimentArmEntity } from './ExperimentArmEntity.ts';
import { ExperimentEntity } from './ExperimentEntity.ts';
import { ExperimentEventEntity } from './ExperimentEventEntity.ts';
import { ExposureEntity } from './ExposureEntity.ts';
import { IdempotencyKeyEntity } from './IdempotencyKeyEntity.ts';
import { InferenceKeyUseEntity } from './InferenceKeyUseEntity.ts';
import { InferenceModelEntity } from './InferenceModelEntity.ts';
import { InferenceProcessEntity } from './InferenceProcessEntity.ts';
import { LoginPeerEntity } from './LoginPeerEntity.ts';
import { LoginThrottleEntity } from './LoginThrottleEntity.ts';
import { ModelAliasEntity } from './ModelAliasEntity.ts';
import { ModelReportEntity } from './ModelReportEntity.ts';
import { ModelVersionEntity } from './ModelVersionEntity.ts';
import { OutcomeEntity } from './OutcomeEntity.ts';
import { PredictionEntity } from './PredictionEntity.ts';
import { ProductionRowEntity } from './ProductionRowEntity.ts';
import { TrainingRunEntity } from './TrainingRunEntity.ts';
import { UnloadedModelEntity } from './UnloadedModelEntity.ts';
import { UserAccountEntity } from './UserAccountEntity.ts';
import { UserSessionEntity } from './UserSessionEntity.ts';

/** Every table's entity; nothing is found by looking through folders. */
export const entities = [
  AccessRevisionEntity,
  AliasEventEntity,
  ApiKeyEntity,
  ArchivedVersionEntity,
  AuditEventEntity,
  AuditOutcomeEntity,
  CustomerEntity,
  DatasetVersionEntity,
  DriftBaselineEntity,
  ExperimentArmEntity,
  ExperimentEntity,
  ExperimentEventEntity,
  ExposureEntity,
  IdempotencyKeyEntity,
  InferenceKeyUseEntity,
  InferenceModelEntity,
  InferenceProcessEntity,
  LoginPeerEntity,
  LoginThrottleEntity,
  ModelAliasEntity,
  ModelReportEntity,
  ModelVersionEntity,
  OutcomeEntity,
  PredictionEntity,
  ProductionRowEntity,
  TrainingRunEntity,
  UnloadedModelEntity,
  UserAccountEntity,
  UserSessionEntity,
];
