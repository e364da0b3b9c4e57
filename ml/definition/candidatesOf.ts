import type { ProjectDefinition } from './ProjectDefinition.ts';

/** What a run of the definition makes, by name: the original system knew no blend, so that its recipe makes none either. */
export const candidatesOf = ({
  trainers,
  recipe,
}: Pick<ProjectDefinition, 'trainers' | 'recipe'>): string[] =>
  trainers
    .filter(trainer => trainer !== 'blend' || recipe !== 'original')
    .map(trainer => (typeof trainer === 'object' ? trainer.name : trainer));
