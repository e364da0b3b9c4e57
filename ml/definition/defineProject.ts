import { z } from 'zod';
import {
  type ProjectDefinition,
  type ProjectDefinitionInput,
  projectDefinition,
} from './ProjectDefinition.ts';

/**
 * Checks a project definition and fills in its defaults.
 * @throws Error that lists every fault with its path, what was expected and what came.
 */
export function defineProject(input: ProjectDefinitionInput): ProjectDefinition {
  const result = projectDefinition.safeParse(input);
  if (result.success) return result.data;
  const title = typeof input?.name === 'string' ? ` ${JSON.stringify(input.name)}` : '';
  throw new Error(`The project definition${title} is not valid:\n${z.prettifyError(result.error)}`);
}
