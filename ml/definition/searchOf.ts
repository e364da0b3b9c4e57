import type { ProjectDefinition } from './ProjectDefinition.ts';

/** What a run of the definition searches: the original system's parameters are what they were, so that its recipe has no search. */
export const searchOf = ({
  search,
  recipe,
}: Pick<ProjectDefinition, 'search' | 'recipe'>): ProjectDefinition['search'] =>
  recipe === 'original' ? undefined : search;
