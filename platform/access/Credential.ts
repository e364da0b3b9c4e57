import type { Principal } from './Principal.ts';
import type { RoleName } from './roles.ts';

/** A session or an API key that is good at present, known by the SHA-256 of what its holder presents. */
export interface Credential extends Principal {
  readonly hash: string;
  readonly kind: 'session' | 'key';
  readonly role: RoleName;
}

/** All that are good, at one moment. */
export interface CredentialSnapshot {
  /** Another one whenever they changed. */
  readonly revision: string;
  readonly credentials: readonly Credential[];
}
