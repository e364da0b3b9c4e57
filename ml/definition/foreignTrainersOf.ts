import type { ForeignTrainer } from './foreignTrainer.ts';
import type { ProjectDefinition } from './ProjectDefinition.ts';

/** The definition's trainers that are not ours. */
export const foreignTrainersOf = ({ trainers }: Pick<ProjectDefinition, 'trainers'>): ForeignTrainer[] =>
  trainers.filter(trainer => typeof trainer === 'object');
