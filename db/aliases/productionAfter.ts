import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import type { AliasEvent } from './Alias.ts';
import { toAliasEvent } from './toAliasEvent.ts';

/** The move of Production that followed a move, or the very first (revision 0 comes before it); null where none did. */
export const productionAfter = (
  database: Database,
  { model, revision }: Pick<AliasEvent, 'model' | 'revision'>,
): Promise<AliasEvent | null> =>
  database.read(async manager => {
    const event = await manager.findOne(AliasEventEntity, {
      model,
      alias: 'production',
      revision: revision + 1,
    });
    return event && toAliasEvent(event);
  });
