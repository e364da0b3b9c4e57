import type { Principal } from '../../platform/access/Principal.ts';

interface VisibleKeys {
  readonly id?: string;
  readonly user?: string;
}

/**
 * Which keys a caller sees and may end: an admin everybody's, who logged in all of theirs. A key that was presented only itself,
 * for its user may have some that can do more.
 */
export function visibleKeys({ kind, role, user, keyId }: Principal): VisibleKeys {
  if (role === 'admin') return {};
  return kind === 'key' ? { id: keyId, user } : { user };
}
