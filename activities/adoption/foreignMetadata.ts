import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { trainingDigest } from '../../projects/trainingDigest.ts';
import type { AdoptionJob } from './AdoptionJob.ts';

/** What the file of a foreign model says of itself once it is ours. */
export const foreignMetadata = (
  definition: ProjectDefinition,
  own: Pick<AdoptionJob['metadata'], 'trainer' | 'recipe' | 'datasetDigest'>,
): AdoptionJob['metadata'] => ({
  format: 1,
  model: definition.name,
  ...own,
  seed: definition.seed,
  label: definition.label,
  id: definition.id ?? null,
  offer: definition.offer,
  definitionDigest: trainingDigest(definition),
});
