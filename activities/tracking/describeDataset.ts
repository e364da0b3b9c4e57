import { z } from 'zod';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import type { MirroredDataset } from './MirroredRun.ts';

/** MLflow takes no more of a dataset's digest; the whole one is among the tags. */
const DIGEST_LENGTH = 36;

const schemaOf = z.object({
  columns: z.array(z.object({ name: z.string(), kind: z.string(), missing: z.string().optional() })),
});

/** The dataset as an input of the run, so that MLflow shows which runs stand on the same data. */
export function describeDataset(dataset: DatasetVersion): MirroredDataset {
  const { columns } = schemaOf.parse(dataset.schema);
  return {
    name: `${dataset.model} dataset version ${dataset.version}`,
    digest: dataset.digest.slice(0, DIGEST_LENGTH),
    source_type: 'holdfast',
    source: JSON.stringify({ uri: dataset.source }),
    schema: JSON.stringify({
      mlflow_colspec: columns.map(({ name, kind, missing }) => ({
        name,
        type: kind === 'number' ? 'double' : 'string',
        required: missing !== 'impute',
      })),
    }),
    profile: JSON.stringify({ num_rows: dataset.rows }),
  };
}
