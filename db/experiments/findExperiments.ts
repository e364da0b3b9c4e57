import type { EntityManager } from '@mikro-orm/postgresql';
import { ExperimentArmEntity } from '../entities/ExperimentArmEntity.ts';
import { ExperimentEntity } from '../entities/ExperimentEntity.ts';
import { ExperimentEventEntity } from '../entities/ExperimentEventEntity.ts';
import type { Experiment, ExperimentStatus } from './Experiment.ts';

export interface ExperimentFilter {
  readonly model?: string;
  readonly name?: string;
  readonly status?: ExperimentStatus;
  /** Only these. */
  readonly among?: readonly { readonly model: string; readonly name: string }[];
}

/** As the rows are now, whatever this manager has read before. */
const fresh = { disableIdentityMap: true } as const;

/** Experiments with their arms and the allocation of their newest event, newest first. */
export async function findExperiments(
  manager: EntityManager,
  { model, name, status, among }: ExperimentFilter,
): Promise<Experiment[]> {
  if (among?.length === 0) return [];
  const rows = await manager.find(
    ExperimentEntity,
    {
      ...(model && { model }),
      ...(name && { name }),
      ...(status && { status }),
      ...(among && { $or: [...among] }),
    },
    { orderBy: { startedAt: 'desc', model: 'asc', name: 'asc' }, ...fresh },
  );
  if (rows.length === 0) return [];
  const arms = await manager.find(
    ExperimentArmEntity,
    { $or: rows.map(row => ({ model: row.model, experiment: row.name })) },
    { orderBy: { place: 'asc' }, ...fresh },
  );
  const newest = await manager.find(
    ExperimentEventEntity,
    { $or: rows.map(row => ({ model: row.model, experiment: row.name, revision: row.revision })) },
    fresh,
  );
  return rows.map(row => {
    const isOf = (other: { readonly model: string; readonly experiment: string }): boolean =>
      other.model === row.model && other.experiment === row.name;
    return {
      model: row.model,
      name: row.name,
      salt: row.salt,
      status: row.status,
      revision: row.revision,
      arms: arms.filter(isOf).map(arm => ({
        name: arm.name,
        version: arm.version ?? null,
        alias: arm.alias ?? null,
        shadow: arm.shadow,
      })),
      allocation: newest.find(isOf)?.allocation ?? [],
      startedAt: row.startedAt,
      endedAt: row.endedAt ?? null,
    };
  });
}
