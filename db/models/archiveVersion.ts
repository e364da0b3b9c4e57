import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { aliasNames } from '../aliases/Alias.ts';
import { lockAlias } from '../aliases/moveAlias.ts';
import type { Database } from '../Database.ts';
import { ArchivedVersionEntity } from '../entities/ArchivedVersionEntity.ts';
import { findExperiments } from '../experiments/findExperiments.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';

export interface Archiving {
  readonly model: string;
  readonly version: number;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Takes a version out of the lists. One that is archived stays as it is.
 * @throws HoldfastError notFound; failedPrecondition where an alias stands on it or a running experiment compares it
 */
export const archiveVersion = (
  database: Database,
  { model, version, actor, reason }: Archiving,
): Promise<ModelVersion> =>
  database.write(async manager => {
    // Nobody gives it an alias or an arm meanwhile.
    for (const alias of aliasNames) await lockAlias(manager, model, alias);
    await lockName(manager, `experiments of ${model}`);
    const { aliases } = await requireVersion(manager, model, version);
    if (aliases.length > 0)
      throw new HoldfastError(
        'failedPrecondition',
        `Version ${version} of ${model} is ${aliases.join(' and ')} and cannot be archived. Promote another version first.`,
      );
    const running = await findExperiments(manager, { model, status: 'running' });
    const using = running.find(({ arms }) => arms.some(arm => arm.version === version));
    if (using !== undefined)
      throw new HoldfastError(
        'failedPrecondition',
        `Version ${version} of ${model} is an arm of the experiment ${using.name} and cannot be archived. Stop it first: \`./holdfast experiments stop ${using.name} --model ${model}\`.`,
      );
    await manager.execute(
      `insert into archived_version (model, version, actor, reason, at) values (?, ?, ?, ?, clock_timestamp())
       on conflict do nothing`,
      [model, version, storableText(actor), storableText(reason)],
    );
    return requireVersion(manager, model, version);
  });

/** Takes it back. @throws HoldfastError notFound */
export const unarchiveVersion = (
  database: Database,
  { model, version }: Pick<Archiving, 'model' | 'version'>,
): Promise<ModelVersion> =>
  database.write(async manager => {
    await manager.nativeDelete(ArchivedVersionEntity, { model, version });
    return requireVersion(manager, model, version);
  });

async function requireVersion(manager: EntityManager, model: string, version: number): Promise<ModelVersion> {
  manager.clear();
  const [found] = await findVersions(manager, { model, version });
  if (found !== undefined) return found;
  throw new HoldfastError(
    'notFound',
    `The model ${model} has no version ${version}. See \`./holdfast models show ${model}\`.`,
  );
}
