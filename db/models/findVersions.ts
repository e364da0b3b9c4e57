import type { FilterQuery, InferEntity } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ArchivedVersionEntity } from '../entities/ArchivedVersionEntity.ts';
import { ModelAliasEntity } from '../entities/ModelAliasEntity.ts';
import { ModelVersionEntity } from '../entities/ModelVersionEntity.ts';
import type { ModelVersion } from './ModelVersion.ts';

/** Versions with their aliases, newest first, within the caller's transaction. */
export async function findVersions(
  manager: EntityManager,
  where: FilterQuery<InferEntity<typeof ModelVersionEntity>>,
): Promise<ModelVersion[]> {
  const rows = await manager.find(ModelVersionEntity, where, {
    populate: ['datasetVersion'],
    orderBy: { model: 'asc', version: 'desc' },
  });
  const models = [...new Set(rows.map(row => row.model))];
  const aliases = await manager.find(
    ModelAliasEntity,
    { model: { $in: models } },
    { orderBy: { alias: 'asc' } },
  );
  const archived = await manager.find(ArchivedVersionEntity, { model: { $in: models } });
  const archivedAt = new Map(archived.map(({ model, version, at }) => [`${model} ${version}`, at]));
  return rows.map(row => ({
    model: row.model,
    version: row.version,
    trainer: row.trainer,
    digest: row.digest,
    aliases: aliases
      .filter(({ model, version }) => model === row.model && version === row.version)
      .map(({ alias }) => alias),
    threshold: row.threshold,
    metrics: row.metrics,
    crossValidation: row.crossValidation,
    signature: row.signature,
    parameters: row.parameters,
    seconds: row.seconds,
    runId: row.runId,
    dataset: {
      id: row.datasetVersion.id,
      version: row.datasetVersion.version,
      digest: row.datasetVersion.digest,
    },
    definitionDigest: row.definitionDigest,
    createdAt: row.createdAt,
    archivedAt: archivedAt.get(`${row.model} ${row.version}`) ?? null,
  }));
}
