import { addressesOf } from './addresses.ts';
import type { Configuration } from './configuration.ts';
import { HoldfastError } from './HoldfastError.ts';

/**
 * Where PostgreSQL and Temporal are, for a process that needs both. `npm start` tells its processes; a process started by
 * hand or on another machine is told by the environment.
 * @throws HoldfastError invalidArgument where DATABASE_URL is not set
 */
export function requireServices(configuration: Configuration): {
  databaseUrl: string;
  temporalAddress: string;
} {
  const { databaseUrl, temporalAddress = addressesOf(configuration).temporal } = configuration;
  if (databaseUrl === undefined)
    throw new HoldfastError(
      'invalidArgument',
      'DATABASE_URL is not set: expected postgres://user:password@host:port/database. `npm start` sets it for the processes it starts.',
    );
  return { databaseUrl, temporalAddress };
}
