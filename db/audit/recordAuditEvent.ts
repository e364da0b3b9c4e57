import type { Database } from '../Database.ts';
import { storableJson, storableText } from '../storable.ts';
import type { AuditedCall, AuditedOutcome } from './AuditEvent.ts';

/** Records what is about to be tried. @returns the event's id, for its outcome */
export const recordAuditEvent = (database: Database, call: AuditedCall): Promise<string> =>
  database.write(async manager => {
    const [{ id }] = await manager.execute<{ id: string | number }[]>(
      `insert into audit_event (actor, role, peer, method, target, request) values (?, ?, ?, ?, ?, ?::json) returning id`,
      [
        call.actor,
        call.role,
        call.peer,
        call.method,
        storableText(call.target),
        JSON.stringify(storableJson(call.request)),
      ],
    );
    return String(id);
  });

/** Records how it ended, once. */
export const recordAuditOutcome = (
  database: Database,
  eventId: string,
  { code, message, before, after }: AuditedOutcome,
): Promise<void> =>
  database.write(async manager => {
    await manager.execute(
      `insert into audit_outcome (event_id, code, message, before, after) values (?, ?, ?, ?::json, ?::json)
       on conflict (event_id) do nothing`,
      [
        eventId,
        code,
        storableText(message),
        before && JSON.stringify(storableJson(before)),
        after && JSON.stringify(storableJson(after)),
      ],
    );
  });
