import { listModelNames } from '../../db/models/listModelNames.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/**
 * The model a request means: the one it names, else the installation's default.
 * @throws HoldfastError notFound where the registry has no version of it, with the name that was probably meant.
 */
export async function requireModel(
  { database, defaultModel }: Pick<ControlPorts, 'database' | 'defaultModel'>,
  name: string,
): Promise<string> {
  const model = name || defaultModel;
  const names = await listModelNames(database);
  if (names.includes(model)) return model;
  throw noSuchModel(model, names);
}

export const noSuchModel = (model: string, names: readonly string[]): HoldfastError =>
  new HoldfastError(
    'notFound',
    `There is no model ${JSON.stringify(model)} in the registry.${didYouMean(model, names)} Train it with \`./holdfast train --model ${model}\`; \`./holdfast models list\` shows what is there.`,
  );
