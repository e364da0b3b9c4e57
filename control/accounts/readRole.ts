import { roleName, roleNames, type RoleName } from '../../platform/access/roles.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Role } from '../../proto/gen/holdfast/v1/access.ts';

/** @throws HoldfastError invalidArgument where it is none */
export function readRole(role: Role, field: string): RoleName {
  const name = roleName(role);
  if (name !== undefined) return name;
  const description = `expected ${roleNames.join(', ')} (ROLE_VIEWER …), got ${role === 0 ? 'none' : role}`;
  throw new HoldfastError('invalidArgument', `${field}: ${description}.`, {
    violations: [{ field, description }],
  });
}
