import type { ListSource } from '../listing/ListSource.ts';

/** Dataset versions of every model. */
export const datasetList: ListSource = {
  name: 'datasets',
  fields: {
    id: { type: 'integer', hidden: true },
    model: { type: 'text' },
    version: { type: 'integer' },
    digest: { type: 'text' },
    source: { type: 'text' },
    source_rows: { type: 'integer' },
    rows: { type: 'integer' },
    quarantined: { type: 'integer' },
    create_time: { type: 'time' },
  },
  order: 'create_time desc',
  key: ['id'],
  from: `
    select id, model, version, digest, source, source_rows, rows, quarantined, created_at as create_time
    from dataset_version`,
};
