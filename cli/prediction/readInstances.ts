import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CliContext } from '../CliContext.ts';
import { readText } from '../readText.ts';
import { modelSignature } from '../scoring/ModelSignature.ts';
import { type Instance, parseInstances } from './parseInstances.ts';
import { parseSettings } from './parseSettings.ts';

export interface InstanceOptions {
  readonly file?: string;
  readonly set?: readonly string[];
}

/**
 * The customers that a command is given, in one of the ways in which it takes them.
 * @throws HoldfastError invalidArgument where it is given none, several, or what is none
 */
export async function readInstances(
  { clients, signal, stdin }: CliContext,
  json: string | undefined,
  { model, version, file, set = [] }: InstanceOptions & { model: string; version: string },
): Promise<Instance[]> {
  const sources = [json !== undefined, file !== undefined, set.length > 0].filter(Boolean).length;
  if (sources !== 1)
    throw new HoldfastError(
      'invalidArgument',
      `${sources === 0 ? 'Nothing to score was given' : 'Several sources were given'}: expected one of JSON as an argument, - (standard input), --file FILE, or --set COLUMN=VALUE (repeated).`,
    );
  if (set.length > 0) {
    const { inputs } = modelSignature(await clients.models.getVersion({ model, version }, { signal }));
    return [parseSettings(set, inputs)];
  }
  const path = file ?? (json === '-' ? '-' : undefined);
  if (path === undefined) return parseInstances(json ?? '', 'The argument');
  return parseInstances(await readText(path, stdin), path === '-' ? 'Standard input' : path);
}
