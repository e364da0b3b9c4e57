import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import type { DatasetVersion } from './DatasetVersion.ts';
import { datasetDetails, toDatasetVersion } from './toDatasetVersion.ts';

const remedy = 'See `./holdfast datasets list`.';

/**
 * @param reference a number, a digest or the unambiguous beginning of one (4 digits at least); empty or left out: the newest.
 *   Digits alone are a number first. The same bytes under several schemas: the newest of them.
 * @throws HoldfastError notFound; invalidArgument where the reference is neither, or fits several digests
 */
export const getDatasetVersion = (
  database: Database,
  model: string,
  reference: number | string = '',
): Promise<DatasetVersion> =>
  database.read(async manager => {
    const text = String(reference).trim();
    const row =
      text === ''
        ? await manager.findOne(
            DatasetVersionEntity,
            { model },
            { populate: datasetDetails, orderBy: { version: 'desc' } },
          )
        : ((await byNumber(manager, model, text)) ?? (await byDigest(manager, model, text)));
    if (row) return toDatasetVersion(row);
    throw new HoldfastError(
      'notFound',
      text === ''
        ? `The model ${model} has no dataset yet. Ingest one: \`./holdfast train --model ${model} --data FILE.csv\`.`
        : `The model ${model} has no dataset ${text}. ${remedy}`,
    );
  });

const byNumber = async (manager: EntityManager, model: string, text: string) =>
  /^[0-9]{1,9}$/.test(text)
    ? manager.findOne(DatasetVersionEntity, { model, version: Number(text) }, { populate: datasetDetails })
    : null;

async function byDigest(manager: EntityManager, model: string, text: string) {
  if (!/^[0-9a-f]{4,64}$/.test(text)) {
    if (/^[0-9]+$/.test(text)) return null;
    throw new HoldfastError(
      'invalidArgument',
      `${JSON.stringify(text)} names no dataset: expected a number, or a digest's first 4 to 64 lower-case hexadecimal digits. ${remedy}`,
    );
  }
  const rows = await manager.find(
    DatasetVersionEntity,
    { model, digest: { $like: `${text}%` } },
    { populate: datasetDetails, orderBy: { version: 'desc' } },
  );
  if (new Set(rows.map(row => row.digest)).size > 1)
    throw new HoldfastError(
      'invalidArgument',
      `${text} is the beginning of several datasets' digests of ${model}. Give more digits, or a number. ${remedy}`,
    );
  return rows[0];
}
