import { HoldfastError } from '../HoldfastError.ts';
import { portTaken } from '../lifecycle/assertPortFree.ts';

/** Why PostgreSQL ended while starting, told by what it wrote into its log since. */
export function postgresExitError(
  said: string,
  logFile: string,
  port: number,
  cause: unknown,
): HoldfastError {
  if (said.includes('Address already in use')) {
    return portTaken({ purpose: 'PostgreSQL', port, variable: 'HOLDFAST_POSTGRES_PORT' }, cause);
  }
  if (said.includes('No space left on device')) {
    return new HoldfastError(
      'resourceExhausted',
      'The disk is full: PostgreSQL cannot start; free some space, then start again (nothing that was committed is lost).',
      { cause },
    );
  }
  const reasons = said
    .split('\n')
    .filter(line => /(FATAL|PANIC|DETAIL|HINT|error while loading):/.test(line))
    .map(line => line.replace(/^.*?\] /, '').trim());
  return new HoldfastError(
    'internal',
    `PostgreSQL does not start: ${reasons.slice(-3).join(' ') || 'it said nothing'} (its log: ${logFile})`,
    { cause },
  );
}
