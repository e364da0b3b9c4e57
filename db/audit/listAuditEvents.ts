import type { Database } from '../Database.ts';
import type { AuditedOutcome, AuditEvent } from './AuditEvent.ts';

export interface AuditFilter {
  readonly actor?: string;
  readonly method?: string;
  /** This, or what is below it: models/churn. */
  readonly target?: string;
  /** Only older ones than this event. */
  readonly before?: string;
  readonly limit: number;
}

type Row = Omit<AuditEvent, 'id' | 'at' | 'outcome'> &
  Omit<AuditedOutcome, 'code'> & {
    readonly id: string | number;
    readonly at: string;
    readonly code: string | null;
  };

/** Newest first. */
export const listAuditEvents = (database: Database, filter: AuditFilter): Promise<AuditEvent[]> =>
  database.read(async manager => {
    const { actor = null, method = null, target = null, before = null, limit } = filter;
    const rows = await manager.execute<Row[]>(
      `select e.id, e.at, e.actor, e.role, e.peer, e.method, e.target, e.request, o.code, o.message, o.before, o.after
       from audit_event e left join audit_outcome o on o.event_id = e.id
       where (?::text is null or e.actor = ?) and (?::text is null or e.method = ?)
         and (?::text is null or e.target = ? or starts_with(e.target, ? || '/')) and (?::bigint is null or e.id < ?::bigint)
       order by e.id desc limit ?`,
      [actor, actor, method, method, target, target, target, before, before, limit],
    );
    return rows.map(({ id, at, code, message, before: was, after, ...call }) => ({
      ...call,
      id: String(id),
      at: new Date(at),
      outcome: code === null ? null : { code, message, before: was, after },
    }));
  });
