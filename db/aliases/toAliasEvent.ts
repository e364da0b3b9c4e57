import type { InferEntity } from '@mikro-orm/core';
import type { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import type { AliasEvent } from './Alias.ts';

export const toAliasEvent = (row: InferEntity<typeof AliasEventEntity>): AliasEvent => ({
  model: row.model,
  alias: row.alias,
  revision: row.revision,
  fromVersion: row.fromVersion ?? null,
  toVersion: row.toVersion,
  actor: row.actor,
  reason: row.reason,
  operationId: row.operationId,
  at: row.at,
});
