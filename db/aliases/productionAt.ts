import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import type { AliasEvent } from './Alias.ts';
import { toAliasEvent } from './toAliasEvent.ts';

/** The move that had put into Production what was there at the time; its `toVersion` was it. Null before the first. */
export const productionAt = (database: Database, model: string, time: Date): Promise<AliasEvent | null> =>
  database.read(async manager => {
    const event = await manager.findOne(
      AliasEventEntity,
      { model, alias: 'production', at: { $lte: time } },
      { orderBy: { revision: 'desc' } },
    );
    return event && toAliasEvent(event);
  });
