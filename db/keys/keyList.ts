import { roleNames } from '../../platform/access/roles.ts';
import type { ListSource } from '../listing/ListSource.ts';

/** Every key, also those that ended. */
export const keyList: ListSource = {
  name: 'keys',
  fields: {
    id: { type: 'text' },
    name: { type: 'text' },
    user: { type: 'text' },
    role: { type: 'text', values: roleNames, prefix: 'ROLE_' },
    models: { type: 'texts' },
    creator: { type: 'text' },
    made_by: { type: 'text', optional: true },
    ended: { type: 'boolean', hidden: true },
    create_time: { type: 'time' },
    expire_time: { type: 'time', optional: true },
    revoke_time: { type: 'time', optional: true },
    last_use_time: { type: 'time', optional: true },
  },
  order: 'create_time desc',
  key: ['id'],
  from: `
    select k.id, k.name, u.name as user, k.role, k.models, k.creator, k.made_by, k.created_at as create_time,
      k.expires_at as expire_time, k.revoked_at as revoke_time, greatest(k.last_used_at, n.used_at) as last_use_time,
      k.revoked_at is not null or coalesce(k.expires_at <= now(), false) as ended
    from api_key k join user_account u on u.id = k.user_id left join inference_key_use n on n.key_id = k.id`,
};
