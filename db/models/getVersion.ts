import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type AliasName, aliasNames } from '../aliases/Alias.ts';
import type { Database } from '../Database.ts';
import { ModelAliasEntity } from '../entities/ModelAliasEntity.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';

/**
 * @param reference a number or an alias; empty or left out: production
 * @throws HoldfastError notFound; invalidArgument where the reference is neither
 */
export const getVersion = (
  database: Database,
  model: string,
  reference: number | string = '',
): Promise<ModelVersion> =>
  database.read(async manager => {
    const text = String(reference).trim() || 'production';
    const alias = aliasNames.find(name => name === text);
    if (!alias && !/^[1-9][0-9]{0,8}$/.test(text))
      throw new HoldfastError(
        'invalidArgument',
        `${JSON.stringify(text)} names no version: expected a number from 1, or ${aliasNames.join(' or ')}.`,
      );
    const standing = alias && (await manager.findOne(ModelAliasEntity, { model, alias }));
    if (alias && !standing) throw nothingThere(model, alias);
    const version = standing?.version ?? Number(text);
    const [found] = await findVersions(manager, { model, version });
    if (found) return found;
    throw new HoldfastError(
      'notFound',
      `The model ${model} has no version ${version}. See \`./holdfast models show ${model}\`.`,
    );
  });

const nothingThere = (model: string, alias: AliasName): HoldfastError =>
  new HoldfastError(
    'notFound',
    alias === 'production'
      ? `The model ${model} has nothing in Production. Train it: \`./holdfast train --model ${model}\`, or promote a version.`
      : `The model ${model} has nothing in Staging. See \`./holdfast models show ${model}\`.`,
  );
