import { defineEntity, p } from '@mikro-orm/core';
import { roleNames } from '../../platform/access/roles.ts';

/** Table user_account. Only control writes it. */
export const UserAccountEntity = defineEntity({
  name: 'UserAccount',
  tableName: 'user_account',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    name: p.text(),
    role: p.enum(roleNames),
    /** Of argon2id, with its parameters and salt. */
    passwordHash: p.text().lazy(),
    mustChangePassword: p.boolean(),
    disabled: p.boolean().default(false),
    createdAt: p.datetime(3).defaultRaw('now()'),
    lastLoginAt: p.datetime(3).nullable(),
  },
});
