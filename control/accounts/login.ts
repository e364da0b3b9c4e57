import { openSession } from '../../db/accounts/openSession.ts';
import { findAccount } from '../../db/accounts/findAccount.ts';
import { makeSessionToken } from '../../platform/access/secrets.ts';
import { roleOf } from '../../platform/access/roles.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { LoginRequest, Session } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { callerAddress } from './callerAddress.ts';
import { provePassword } from './provePassword.ts';

const SESSION_MS = 7 * 24 * 3_600_000;

/** Opens a session. @throws HoldfastError unauthenticated (which of both is wrong is not said); resourceExhausted */
export async function login(
  ports: Pick<ControlPorts, 'database' | 'refreshCredentials' | 'trustedProxies'>,
  { user, password }: LoginRequest,
  context: CallContext,
): Promise<Session> {
  const { database, refreshCredentials, trustedProxies } = ports;
  const account = await findAccount(database, user);
  // What was typed in place of a user's name may have been a password: only names that are users' are recorded.
  context.audited = { target: `session/${account === null ? 'unknown' : user}` };
  const passwordHash = await provePassword(
    database,
    { user, password, address: callerAddress(context, trustedProxies) },
    'The user name or the password is wrong.',
  );
  const token = makeSessionToken();
  const expiresAt = new Date(Date.now() + SESSION_MS);
  await openSession(database, { user, passwordHash, tokenHash: sha256(token), expiresAt });
  await refreshCredentials();
  context.audited = { target: `session/${user}`, actor: user };
  return {
    token,
    caller: {
      name: user,
      user,
      keyId: '',
      role: account === null ? 0 : roleOf(account.role),
      models: [],
      mustChangePassword: account?.mustChangePassword ?? false,
      expireTime: expiresAt,
    },
  };
}
