import type { RoleName } from '../../platform/access/roles.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is recorded before it is tried. */
export interface AuditedCall {
  readonly actor: string;
  readonly role: RoleName | null;
  readonly peer: string;
  readonly method: string;
  readonly target: string;
  /** Without secrets: the caller's business. */
  readonly request: Json;
}

/** How it ended. */
export interface AuditedOutcome {
  /** OK, or the error's code. */
  readonly code: string;
  readonly message: string;
  readonly before: Json | null;
  readonly after: Json | null;
}

export interface AuditEvent extends AuditedCall {
  readonly id: string;
  readonly at: Date;
  /** Null while it is under way, or where its process ended first. */
  readonly outcome: AuditedOutcome | null;
}
