import { closeSession } from '../../db/accounts/closeSession.ts';
import { readSecret } from '../../platform/access/readSecret.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { LogoutResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/** Ends the caller's session. @throws HoldfastError failedPrecondition for a key, which is no session */
export async function logout(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  context: CallContext,
): Promise<LogoutResponse> {
  await closeSession(database, sessionHash(context));
  await refreshCredentials();
  return {};
}

/** @throws HoldfastError failedPrecondition where the call was made with a key */
export function sessionHash({ principal, metadata }: CallContext): string {
  if (principal.kind === 'session') return sha256(readSecret(metadata) ?? '');
  throw new HoldfastError(
    'failedPrecondition',
    `${principal.name} is an API key, which is not logged in and has no password. End it by \`./holdfast keys revoke ${principal.keyId}\`, or log in.`,
  );
}
