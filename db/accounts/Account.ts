import type { RoleName } from '../../platform/access/roles.ts';

/** A user, without the password's hash. */
export interface Account {
  readonly name: string;
  readonly role: RoleName;
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** argon2id's text of a password, and whether it is only good for choosing another. */
export interface NewPassword {
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}
