import type { RoleName } from '../../platform/access/roles.ts';

/** An API key, without what would prove it. */
export interface ApiKey {
  /** The part of the key that is no secret. */
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly role: RoleName;
  /** The only models that it may score; empty means all. */
  readonly models: readonly string[];
  readonly creator: string;
  /** The key that made it; null where a session did. */
  readonly madeBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** At any server. */
  readonly lastUsedAt: Date | null;
}
