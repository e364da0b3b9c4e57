import { z } from 'zod';
import {
  type ProjectDefinition,
  type ProjectDefinitionInput,
  projectDefinition,
} from './ProjectDefinition.ts';

/** What is wrong with a definition, for people and, as `faults`, for who can say more of it. */
export class InvalidDefinition extends Error {
  readonly faults: z.ZodError;

  constructor(message: string, faults: z.ZodError) {
    super(message);
    this.name = 'InvalidDefinition';
    this.faults = faults;
  }
}

/**
 * Checks a project definition and fills in its defaults.
 * @throws InvalidDefinition that lists every fault with its path, what was expected and what came.
 */
export function defineProject(input: ProjectDefinitionInput): ProjectDefinition {
  const result = projectDefinition.safeParse(input);
  if (result.success) return result.data;
  const title = typeof input?.name === 'string' ? ` ${JSON.stringify(input.name)}` : '';
  throw new InvalidDefinition(
    `The project definition${title} is not valid:\n${z.prettifyError(result.error)}`,
    result.error,
  );
}
