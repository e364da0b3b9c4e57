import { readLocalKey } from '../../platform/access/localKey.ts';
import type { Configuration } from '../../platform/configuration.ts';
import type { Server } from '../server/resolveServer.ts';
import type { CredentialStore } from './credentialStore.ts';

// What the command presents to a server: HOLDFAST_API_KEY, else the stored login of that very server, else, on this machine alone, its
// own key.

export interface Credential {
  readonly secret: string;
  /** environment: HOLDFAST_API_KEY; login: a session of `holdfast login`; machine: the key that `npm start` made. */
  readonly source: 'environment' | 'login' | 'machine';
}

export function findCredential(
  { apiKey, home }: Pick<Configuration, 'apiKey' | 'home'>,
  server: Server,
  store: CredentialStore,
): Credential | null {
  if (apiKey !== undefined) return { secret: apiKey, source: 'environment' };
  const login = store.find(server.name);
  if (login !== undefined) return { secret: login.token, source: 'login' };
  const key = server.isLocal(server.control) ? readLocalKey(home) : null;
  return key === null ? null : { secret: key, source: 'machine' };
}

/** What of it an address is shown: no other machine sees the key of this one. */
export const secretFor = (
  credential: Credential | null,
  server: Server,
  address: string,
): string | undefined =>
  credential?.source === 'machine' && !server.isLocal(address) ? undefined : credential?.secret;
