import type { CandidateName, ProjectDefinition } from './ProjectDefinition.ts';

/** What a run of the definition makes: the original system knew no blend, so that its recipe makes none either. */
export const candidatesOf = ({
  trainers,
  recipe,
}: Pick<ProjectDefinition, 'trainers' | 'recipe'>): CandidateName[] =>
  trainers.filter(trainer => trainer !== 'blend' || recipe !== 'original');
