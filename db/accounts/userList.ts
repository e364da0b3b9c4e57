import { roleNames } from '../../platform/access/roles.ts';
import type { ListSource } from '../listing/ListSource.ts';

/** Every user. */
export const userList: ListSource = {
  name: 'users',
  fields: {
    name: { type: 'text' },
    role: { type: 'text', values: roleNames, prefix: 'ROLE_' },
    disabled: { type: 'boolean' },
    must_change_password: { type: 'boolean' },
    create_time: { type: 'time' },
    last_login_time: { type: 'time', optional: true },
  },
  order: 'name',
  key: ['name'],
  from: `
    select name, role, disabled, must_change_password, created_at as create_time, last_login_at as last_login_time
    from user_account`,
};
