import { HoldfastError } from '../../platform/HoldfastError.ts';
import { isServiceError } from '../../platform/grpc/fromServiceError.ts';
import { localKeyPath } from '../../platform/access/localKey.ts';
import type { CliContext } from '../CliContext.ts';

/** What to do where a server did not let this command in, by what it was presented; null for all other errors. */
export function nextStep(error: unknown, context: CliContext): string | null {
  if (!(error instanceof HoldfastError) || !isServiceError(error.cause)) return null;
  if (error.code === 'permissionDenied')
    return '`./holdfast whoami` says who you are there; an admin can give you another role.';
  if (error.code !== 'unauthenticated') return null;
  const { server, credential, configuration } = context;
  const login = `\`./holdfast login${server.flag}\``;
  switch (credential?.source) {
    case 'environment':
      return `What was presented is HOLDFAST_API_KEY: set it to a key that works, or unset it and use ${login}.`;
    case 'login':
      return `What was presented is the login to ${server.name}: it has ended. Use ${login} again.`;
    case 'machine':
      return `What was presented is the key in ${localKeyPath(configuration.home)}: \`npm start\` makes another where that one does not work.`;
    default:
      return `Nothing was presented: use ${login}, or set HOLDFAST_API_KEY.`;
  }
}
