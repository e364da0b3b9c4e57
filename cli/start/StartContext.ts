import type { CliContext } from '../CliContext.ts';

/** What the main job needs of a command's context. */
export type StartContext = Pick<CliContext, 'clients' | 'signal'>;
