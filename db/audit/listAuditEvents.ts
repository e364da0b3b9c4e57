import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import type { AuditedOutcome, AuditEvent } from './AuditEvent.ts';
import { auditList } from './auditList.ts';

type Row = Omit<AuditEvent, 'id' | 'at' | 'outcome'> &
  Omit<AuditedOutcome, 'code'> & {
    readonly id: string | number;
    readonly time: Date | string;
    readonly outcome: string | null;
  };

/** A page of the audit log. */
export const listAuditEvents = (database: Database, query: ListQuery): Promise<Page<AuditEvent>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<Row>(manager, auditList, query);
    return { items: items.map(toEvent), nextPageToken };
  });

const toEvent = (row: Row): AuditEvent => ({
  id: String(row.id),
  at: new Date(row.time),
  actor: row.actor,
  role: row.role,
  peer: row.peer,
  method: row.method,
  target: row.target,
  request: row.request,
  outcome:
    row.outcome === null
      ? null
      : { code: row.outcome, message: row.message, before: row.before, after: row.after },
});
