import type { Client } from 'pg';

// A partition of `prediction` is a day in UTC. Whoever inserts makes those that it needs, and some days ahead; whoever comes
// by removes those that are older than they need be.

const DAY_MS = 86_400_000;
const AHEAD_DAYS = 3;

const dayOf = (time: number): number => Math.floor(time / DAY_MS);
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const partitionOf = (day: number): string => `prediction_${dateOf(day).replaceAll('-', '')}`;

/** Makes the partitions of the given times, and of the days to come. To be called inside a transaction. */
export async function preparePartitions(client: Client, times: readonly number[]): Promise<void> {
  const today = dayOf(Date.now());
  const days = new Set(times.map(dayOf));
  for (let ahead = 0; ahead <= AHEAD_DAYS; ahead++) days.add(today + ahead);
  const { rows } = await client.query<{ day: number }>(
    'select day from unnest($1::integer[], $2::text[]) as wanted (day, name) where to_regclass(name) is null order by day',
    [[...days], [...days].map(partitionOf)],
  );
  if (rows.length === 0) return;
  // Only one process makes them; the others find them made.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended('holdfast partitions of prediction', 0))`,
  );
  for (const { day } of rows)
    await client.query(
      `create table if not exists ${partitionOf(day)} partition of prediction
       for values from ('${dateOf(day)} 00:00:00+00') to ('${dateOf(day + 1)} 00:00:00+00')`,
    );
}

/**
 * Removes the days of predictions that ended before the retention, and the exposures that are older and of no running
 * experiment. Production rows stay: their outcome may still come.
 * @returns the partitions that were removed
 */
export async function removeOldPredictions(
  client: Client,
  retentionDays: number,
): Promise<readonly string[]> {
  const oldest = dayOf(Date.now()) - retentionDays;
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'prediction'::regclass and c.relname < $1 order by c.relname`,
    [partitionOf(oldest)],
  );
  for (const { name } of rows) await client.query(`drop table if exists ${name}`);
  await client.query(
    `delete from exposure e where e.at < $1 and not exists (
       select from experiment x where x.model = e.model and x.name = e.experiment and x.status = 'running')`,
    [new Date(oldest * DAY_MS)],
  );
  return rows.map(({ name }) => name);
}
