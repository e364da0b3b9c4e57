import type { ListSource } from '../listing/ListSource.ts';
import { aliasNames } from './Alias.ts';

/** Every move of a model's aliases. */
export const aliasEventList: ListSource = {
  name: 'events',
  fields: {
    id: { type: 'integer', hidden: true },
    model: { type: 'text', hidden: true },
    alias: { type: 'text', values: aliasNames },
    from_version: { type: 'integer', optional: true },
    to_version: { type: 'integer' },
    actor: { type: 'text' },
    reason: { type: 'text' },
    time: { type: 'time' },
  },
  order: 'time desc',
  key: ['id'],
  from: 'select id, model, alias, from_version, to_version, actor, reason, at as time from alias_event',
};
