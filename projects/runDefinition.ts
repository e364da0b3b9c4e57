import { type ProjectDefinition, projectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { canonicalJson } from '../platform/canonicalJson.ts';
import { sha256 } from '../platform/sha256.ts';

export interface RunDefinition {
  readonly definition: ProjectDefinition;
  /** Canonical JSON, as the run stores it. */
  readonly text: string;
  /** SHA-256 of the text: the definition digest of the run and of the versions that it registers. */
  readonly digest: string;
}

/**
 * What a run of the project is begun with: its definition, with the recipe that was asked for in place of its own. Whoever
 * wants to know whether a run has already done what is asked compares this digest.
 */
export function runDefinition(
  project: ProjectDefinition,
  recipe: ProjectDefinition['recipe'] = project.recipe,
): RunDefinition {
  const definition = projectDefinition.parse({ ...project, recipe });
  const text = canonicalJson(definition);
  return { definition, text, digest: sha256(text) };
}
