import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../Database.ts';
import { OutcomeEntity } from '../entities/OutcomeEntity.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';
import type { OutcomeReport, OutcomeSubject } from './Outcome.ts';

// The one writer of outcomes. Reports may come twice, late, and in any order: one that was recorded is not recorded again, also
// where it has been corrected since, for then it says nothing new.

export interface OutcomesRecorded {
  readonly recorded: number;
  readonly corrected: number;
  readonly unchanged: number;
}

interface Revision {
  readonly revision: number;
  readonly outcome: string;
  readonly observedAt: number;
}

/** Records what is new of the reports, in their order, all of it or nothing. */
export const recordOutcomes = (
  database: Database,
  model: string,
  reports: readonly OutcomeReport[],
  actor: string,
): Promise<OutcomesRecorded> =>
  database.write(async manager => {
    await lockName(manager, `outcomes of ${model}`);
    const known = await readRevisions(manager, model, reports);
    const recordedAt = new Date();
    const rows: object[] = [];
    let corrected = 0;
    for (const { outcome, positive, observedAt, ...subject } of reports) {
      const name = nameOf(subject);
      const revisions = known.get(name) ?? [];
      const newest = revisions.at(-1);
      const told =
        observedAt === null
          ? newest?.outcome === outcome
          : revisions.some(each => each.outcome === outcome && each.observedAt === observedAt.getTime());
      if (told) continue;
      const revision = (newest?.revision ?? 0) + 1;
      const seen = observedAt ?? recordedAt;
      known.set(name, [...revisions, { revision, outcome, observedAt: seen.getTime() }]);
      rows.push({ ...subject, revision, outcome, positive, observedAt: seen.toISOString() });
      if (revision > 1) corrected++;
    }
    if (rows.length > 0)
      await manager.execute(
        `insert into outcome (model, unit_key, prediction_id, instance, revision, outcome, positive, observed_at, recorded_at, actor)
         select ?, r."unitKey", r."predictionId", r.instance, r.revision, r.outcome, r.positive, r."observedAt", ?::timestamptz, ?
         from jsonb_to_recordset(?::jsonb) as r ("unitKey" text, "predictionId" uuid, instance integer, revision integer,
           outcome text, positive boolean, "observedAt" timestamptz)`,
        [model, recordedAt.toISOString(), storableText(actor), JSON.stringify(rows)],
      );
    return { recorded: rows.length - corrected, corrected, unchanged: reports.length - rows.length };
  });

const nameOf = ({ unitKey, predictionId, instance }: OutcomeSubject): string =>
  unitKey === null ? `prediction ${predictionId} ${instance}` : `unit ${unitKey}`;

/** What is recorded of the reports' subjects, oldest first. */
async function readRevisions(
  manager: EntityManager,
  model: string,
  reports: readonly OutcomeReport[],
): Promise<Map<string, Revision[]>> {
  const unitKeys = [...new Set(reports.flatMap(({ unitKey }) => unitKey ?? []))];
  const predictionIds = [...new Set(reports.flatMap(({ predictionId }) => predictionId ?? []))];
  const rows = await manager.find(
    OutcomeEntity,
    { model, $or: [{ unitKey: { $in: unitKeys } }, { predictionId: { $in: predictionIds } }] },
    { orderBy: { revision: 'asc' } },
  );
  const known = new Map<string, Revision[]>();
  for (const { unitKey, predictionId, instance, revision, outcome, observedAt } of rows) {
    const name = unitKey ? `unit ${unitKey}` : `prediction ${predictionId} ${instance}`;
    const revisions = known.get(name) ?? [];
    revisions.push({ revision, outcome, observedAt: observedAt.getTime() });
    known.set(name, revisions);
  }
  return known;
}
