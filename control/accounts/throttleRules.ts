import type { ThrottleRule } from '../../db/accounts/throttleLogin.ts';

/** Whoever tries passwords of one user, from wherever: short, so that nobody is kept out for long by somebody else's attempts. */
export const userRule = (user: string): ThrottleRule => ({
  subject: `user ${user}`,
  free: 5,
  longestMs: 60_000,
});

/** Whoever tries passwords from one address, of whichever users. */
export const peerRule = (address: string): ThrottleRule => ({
  subject: `peer ${address}`,
  free: 20,
  longestMs: 900_000,
});
