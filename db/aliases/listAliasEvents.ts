import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import type { AliasEvent, AliasName } from './Alias.ts';
import { toAliasEvent } from './toAliasEvent.ts';

/** Every move of the model's aliases (or of one), newest first. */
export const listAliasEvents = (
  database: Database,
  model: string,
  alias?: AliasName,
): Promise<AliasEvent[]> =>
  database.read(async manager => {
    const rows = await manager.find(
      AliasEventEntity,
      { model, ...(alias && { alias }) },
      { orderBy: { at: 'desc', id: 'desc' } },
    );
    return rows.map(toAliasEvent);
  });
