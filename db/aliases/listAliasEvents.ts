import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import type { AliasEvent, AliasName } from './Alias.ts';
import { aliasEventList } from './aliasEventList.ts';
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

/** A page of the moves of a model's aliases; the query names the model. */
export const listAliasEventsPage = (database: Database, query: ListQuery): Promise<Page<AliasEvent>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<{ id: number }>(manager, aliasEventList, query);
    const rows = await manager.find(AliasEventEntity, { id: { $in: items.map(({ id }) => id) } });
    const events = new Map(rows.map(row => [row.id, toAliasEvent(row)]));
    return { items: items.flatMap(({ id }) => events.get(id) ?? []), nextPageToken };
  });
