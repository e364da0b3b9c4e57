import type { ThrottleRule } from '../../db/accounts/throttleLogin.ts';
import { peerNetwork } from '../../platform/access/peerNetwork.ts';

/**
 * Whoever tries passwords of one user from where that user has never logged in: all of them together, and short, so that who is
 * kept out by somebody else's attempts gets in soon after they end.
 */
export const userRule = (user: string): ThrottleRule => ({
  subject: `user ${user}`,
  free: 5,
  longestMs: 60_000,
});

/** From a network where the user has logged in before: a budget of its own, which strangers elsewhere do not use up. */
export const knownPeerRule = (user: string, address: string): ThrottleRule => ({
  subject: `user ${user} from ${peerNetwork(address)}`,
  free: 5,
  longestMs: 60_000,
});

/** Whoever tries passwords from one address, or one network of IPv6, of whichever users. */
export const peerRule = (address: string): ThrottleRule => ({
  subject: `peer ${peerNetwork(address)}`,
  free: 20,
  longestMs: 900_000,
});
