import { foreignTrainersOf } from './foreignTrainersOf.ts';
import type { ProjectDefinition } from './ProjectDefinition.ts';

/**
 * The definition with our own trainers alone, for what is done without a worker of anybody else's: of `trainers` the foreign ones
 * go, and the blend where it would have fewer than two members.
 * @returns `trainers` may be empty; `elsewhere` are the names of the foreign ones
 */
export function trainedHere(definition: ProjectDefinition): {
  readonly definition: ProjectDefinition;
  readonly elsewhere: readonly string[];
} {
  const elsewhere = foreignTrainersOf(definition).map(({ name }) => name);
  if (elsewhere.length === 0) return { definition, elsewhere };
  const own = definition.trainers.filter(trainer => typeof trainer === 'string');
  const trainers = own.length < 3 ? own.filter(trainer => trainer !== 'blend') : own;
  return { definition: { ...definition, trainers }, elsewhere };
}
