import type { ListSource } from '../listing/ListSource.ts';

/** Every model that has a version. */
export const modelList: ListSource = {
  name: 'models',
  fields: {
    name: { type: 'text' },
    version_count: { type: 'integer' },
    production_version: { type: 'integer', optional: true },
    staging_version: { type: 'integer', optional: true },
  },
  order: 'name',
  key: ['name'],
  from: `
    select v.model as name, count(distinct v.version)::integer as version_count,
      max(v.version) filter (where a.alias = 'production') as production_version,
      max(v.version) filter (where a.alias = 'staging') as staging_version,
      coalesce(max(a.revision) filter (where a.alias = 'production'), 0) as production_revision,
      coalesce(max(a.revision) filter (where a.alias = 'staging'), 0) as staging_revision
    from model_version v
    left join model_alias a on a.model = v.model and a.version = v.version
    group by v.model`,
};
