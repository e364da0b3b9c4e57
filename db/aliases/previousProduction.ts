import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import { versionBefore } from './versionBefore.ts';

/** The version to roll back to, as versionBefore finds it; null where there is none. */
export const previousProduction = (database: Database, model: string): Promise<number | null> =>
  database.read(async manager => {
    const events = await manager.find(
      AliasEventEntity,
      { model, alias: 'production' },
      { fields: ['toVersion'], orderBy: { revision: 'asc' } },
    );
    return versionBefore(events.map(event => event.toVersion));
  });
