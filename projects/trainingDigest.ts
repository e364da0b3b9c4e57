import type { ProjectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { canonicalJson } from '../platform/canonicalJson.ts';
import { sha256 } from '../platform/sha256.ts';

/**
 * The digest that a model file carries: of what decides about training, and of nothing else. The title, the gate, the share of
 * quarantined rows that is put up with and the place of the data leave the same model behind, so they leave the same file.
 */
export function trainingDigest(definition: ProjectDefinition): string {
  const {
    id = null,
    label,
    eventTime,
    columns,
    trainers,
    recipe,
    split,
    search,
    selection,
    offer,
    seed,
  } = definition;
  return sha256(
    canonicalJson({ id, label, eventTime, columns, trainers, recipe, split, search, selection, offer, seed }),
  );
}
