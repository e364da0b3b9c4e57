import { resolve } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';

// By which files our gRPC servers and their clients speak TLS, as the environment says. Only names of files: who serves or
// connects reads them.

export interface TlsSettings {
  /** Null: the servers speak plain HTTP/2. */
  readonly server:
    | (IdentityFiles & { /** Null: clients need no certificate. */ readonly clientCa: string | null })
    | null;
  /** Null: the servers are called over plain HTTP/2. */
  readonly client: ClientTls | null;
}

export interface IdentityFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface ClientTls {
  /** Who vouches for the servers; null: whom Node trusts. */
  readonly ca: string | null;
  readonly identity: IdentityFiles | null;
  /** The name that the servers' certificate is of; null: the host of the address. */
  readonly serverName: string | null;
}

export interface TlsVariables {
  readonly HOLDFAST_TLS_CERT?: string;
  readonly HOLDFAST_TLS_KEY?: string;
  readonly HOLDFAST_TLS_CLIENT_CA?: string;
  readonly HOLDFAST_TLS_CA?: string;
  readonly HOLDFAST_TLS_CLIENT_CERT?: string;
  readonly HOLDFAST_TLS_CLIENT_KEY?: string;
  readonly HOLDFAST_TLS_SERVER_NAME?: string;
}

/** Trust whom Node trusts. */
const SYSTEM = 'system';

/** @throws HoldfastError invalidArgument where one variable needs another that is not set */
export function readTlsSettings(values: TlsVariables): TlsSettings {
  const identity = pairOf(values, 'HOLDFAST_TLS_CERT', 'HOLDFAST_TLS_KEY');
  const clientCa = values.HOLDFAST_TLS_CLIENT_CA;
  if (clientCa !== undefined && identity === null) throw needs('HOLDFAST_TLS_CLIENT_CA', 'HOLDFAST_TLS_CERT');
  const clientIdentity = pairOf(values, 'HOLDFAST_TLS_CLIENT_CERT', 'HOLDFAST_TLS_CLIENT_KEY');
  const { HOLDFAST_TLS_CA: ca, HOLDFAST_TLS_SERVER_NAME: serverName } = values;
  // Where the servers of this environment speak TLS, so do its clients.
  const clientsToo = ca !== undefined || identity !== null;
  if (!clientsToo && clientIdentity !== null) throw needs('HOLDFAST_TLS_CLIENT_CERT', 'HOLDFAST_TLS_CA');
  if (!clientsToo && serverName !== undefined) throw needs('HOLDFAST_TLS_SERVER_NAME', 'HOLDFAST_TLS_CA');
  return {
    server: identity && { ...identity, clientCa: clientCa === undefined ? null : resolve(clientCa) },
    client: clientsToo
      ? {
          ca: ca === undefined || ca === SYSTEM ? null : resolve(ca),
          identity: clientIdentity,
          serverName: serverName ?? null,
        }
      : null,
  };
}

function pairOf(
  values: TlsVariables,
  certificateName: 'HOLDFAST_TLS_CERT' | 'HOLDFAST_TLS_CLIENT_CERT',
  keyName: 'HOLDFAST_TLS_KEY' | 'HOLDFAST_TLS_CLIENT_KEY',
): IdentityFiles | null {
  const certificate = values[certificateName];
  const key = values[keyName];
  if (certificate === undefined && key === undefined) return null;
  if (certificate === undefined) throw needs(keyName, certificateName);
  if (key === undefined) throw needs(certificateName, keyName);
  return { certificate: resolve(certificate), key: resolve(key) };
}

const needs = (given: keyof TlsVariables, missing: keyof TlsVariables): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The environment is not valid: ${given} is set and ${missing} is not. Set both, or unset ${given}.`,
    {
      violations: [{ field: missing, description: `expected the path of a PEM file, since ${given} is set` }],
    },
  );
