import { HoldfastError } from '../HoldfastError.ts';
import type { WantedPort } from './assertPortFree.ts';

/**
 * Two of our own processes on one port would be found only when the second starts, and be told as a stranger's fault.
 * @throws HoldfastError invalidArgument that names both variables
 */
export function refuseSharedPorts(wanted: readonly WantedPort[]): void {
  for (const [place, { port, variable }] of wanted.entries()) {
    const other = wanted.slice(0, place).find(earlier => earlier.port === port);
    if (other !== undefined)
      throw new HoldfastError(
        'invalidArgument',
        `${other.variable} and ${variable} are both ${port}: give each a port of its own.`,
      );
  }
}
