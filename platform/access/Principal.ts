import type { RoleName } from './roles.ts';

/** Who makes a call. */
export interface Principal {
  readonly kind: 'session' | 'key' | 'anonymous';
  /** Who acts, as histories and the audit log name it: the user, or USER/KEY. */
  readonly name: string;
  /** Empty where nobody said who it is. */
  readonly user: string;
  /** The same for good: another user of that name is another. */
  readonly userId: string;
  /** Empty but for a key. */
  readonly keyId: string;
  /** Null where nobody said who it is. */
  readonly role: RoleName | null;
  /** The only models that may be touched; empty means all. */
  readonly models: readonly string[];
  readonly mustChangePassword: boolean;
  /** Milliseconds since 1970; null where it does not end. */
  readonly expiresAt: number | null;
}

/** Whoever calls a public method. */
export const anonymous: Principal = {
  kind: 'anonymous',
  name: 'anonymous',
  user: '',
  userId: '',
  keyId: '',
  role: null,
  models: [],
  mustChangePassword: false,
  expiresAt: null,
};
