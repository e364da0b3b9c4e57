import { HoldfastError } from '../platform/HoldfastError.ts';
import { didYouMean } from '../platform/suggest.ts';
import { shorten } from '../platform/shorten.ts';
import type { AliasTarget } from './ModelRegistry.ts';

// What a caller reads who asked for a model or version that is not there: what there is, and what to do.

export function noSuchModel(model: string, aliases: readonly AliasTarget[]): HoldfastError {
  const name = shorten(model, 60);
  if (aliases.length === 0)
    return new HoldfastError(
      'failedPrecondition',
      `No model is in Production yet. Train one: \`./holdfast train --model ${name} --wait\`, or \`npm start\`.`,
    );
  const models = [...new Set(aliases.map(target => target.model))];
  return new HoldfastError(
    'notFound',
    `There is no model ${JSON.stringify(name)} in service.${didYouMean(name, models)} In service: ${models.slice(0, 20).join(', ')}.`,
  );
}

/** @param ofModel where the aliases of the model stand */
export function noSuchVersion(
  model: string,
  version: string,
  ofModel: readonly AliasTarget[],
): HoldfastError {
  const stands = ofModel.map(target => `${target.alias} is ${target.version}`).join(', ');
  const there = `Of ${model}, ${stands}. See \`./holdfast models show ${model}\`.`;
  if (version === '' || version === 'production')
    return new HoldfastError(
      'notFound',
      `The model ${model} has nothing in Production: promote a version. ${there}`,
    );
  if (version === 'staging')
    return new HoldfastError('notFound', `The model ${model} has nothing in Staging. ${there}`);
  return new HoldfastError(
    'notFound',
    `The model ${model} has no version ${JSON.stringify(shorten(version, 60))}: expected a number, production or staging. ${there}`,
  );
}

/** @param versions of the model, the newest first */
export function noSuchNumber(model: string, version: number, versions: readonly number[]): HoldfastError {
  const older = versions.length - SHOWN_VERSIONS;
  const there = `${versions.slice(0, SHOWN_VERSIONS).join(', ')}${older > 0 ? ` and ${older} older ones` : ''}`;
  return new HoldfastError(
    'notFound',
    `The model ${model} has no version ${version}. It has ${there}. See \`./holdfast models show ${model}\`.`,
  );
}

const SHOWN_VERSIONS = 20;

export const unloadedModel = (model: string): HoldfastError =>
  new HoldfastError(
    'failedPrecondition',
    `The model ${model} was unloaded on request. Load it again by RepositoryModelLoad, or promote another version.`,
  );
