import type { Pool, PoolClient } from 'pg';

// Kysely, under MikroORM, never gives a connection back to the pool when a transaction on it cannot be rolled back, as when
// PostgreSQL went away in its middle (kysely-org/kysely#1990): ten such transactions and the pool is empty for ever, and
// closing it waits for ever. So a connection that ended while somebody held it is taken back here.

/** Long enough for the holder of a plain query, who is told at the same time, to give it back first. */
const GRACE_MS = 100;

/** To be called on a pool that has no connections yet. */
export function releaseLostClients(pool: Pool): void {
  const held = new Set<PoolClient>();
  pool.on('acquire', client => held.add(client));
  pool.on('release', (_error, client) => held.delete(client));
  pool.on('connect', client =>
    client.once('end', () =>
      setTimeout(() => {
        if (held.has(client)) client.release(true);
      }, GRACE_MS),
    ),
  );
}
