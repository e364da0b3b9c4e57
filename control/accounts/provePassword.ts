import { findPassword } from '../../db/accounts/findPassword.ts';
import { isKnownPeer, rememberPeer } from '../../db/accounts/loginPeers.ts';
import { beginLogin, forgiveLogin } from '../../db/accounts/throttleLogin.ts';
import type { Database } from '../../db/Database.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { verifyPassword } from './passwords.ts';
import { peerNetwork } from '../../platform/access/peerNetwork.ts';
import { knownPeerRule, peerRule, userRule } from './throttleRules.ts';

/**
 * Checks a password, and holds back who tries many.
 * @param wrong what is said where it is not the user's, which does not tell whether there is such a user
 * @returns the hash that it was checked against
 * @throws HoldfastError resourceExhausted (held back); unauthenticated (wrong)
 */
export async function provePassword(
  database: Database,
  { user, password, address }: { readonly user: string; readonly password: string; readonly address: string },
  wrong: string,
): Promise<string> {
  const network = peerNetwork(address);
  const isKnown = await isKnownPeer(database, user, network);
  const rules = [isKnown ? knownPeerRule(user, address) : userRule(user), peerRule(address)] as const;
  const waitMs = await beginLogin(database, rules);
  if (waitMs !== null)
    throw new HoldfastError(
      'resourceExhausted',
      `Too many passwords were wrong. Try again in ${Math.ceil(waitMs / 1000)} s.`,
      { retryAfterMs: waitMs },
    );
  const passwordHash = await findPassword(database, user);
  const isRight = await verifyPassword(passwordHash, password);
  if (!isRight || passwordHash === null) throw new HoldfastError('unauthenticated', wrong);
  await forgiveLogin(database, ...rules);
  await rememberPeer(database, user, network);
  return passwordHash;
}
