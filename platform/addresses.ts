import type { Configuration } from './configuration.ts';

// Where each process listens and how it is reached from this machine: said here once, used by whoever listens, looks for a
// free port, connects or tells a person. Everything without authentication stays on loopback, whatever the environment says.

export const LOOPBACK = '127.0.0.1';

/** `host:port` of each process, as this machine reaches it. */
export interface Addresses {
  /** HOLDFAST_BIND moves these three; where it says "all addresses", loopback is one of them. */
  readonly http: string;
  readonly control: string;
  readonly inference: string;
  /** Of the embedded server; TEMPORAL_ADDRESS may name another. */
  readonly temporal: string;
  readonly temporalUi: string;
}

export function addressesOf({ bind, ports }: Pick<Configuration, 'bind' | 'ports'>): Addresses {
  const host = hostToReach(bind);
  return {
    http: `${host}:${ports.http}`,
    control: `${host}:${ports.control}`,
    inference: `${host}:${ports.inference}`,
    temporal: `${LOOPBACK}:${ports.temporal}`,
    temporalUi: `${LOOPBACK}:${ports.temporalUi}`,
  };
}

function hostToReach(bind: string): string {
  if (bind === '0.0.0.0') return LOOPBACK;
  if (bind === '::') return '[::1]';
  return bind.includes(':') ? `[${bind}]` : bind;
}
