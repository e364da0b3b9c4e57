import { Role } from '../../proto/gen/holdfast/v1/access.ts';

// The roles, from the least to the most: each may do what those before it may. Their numbers are access.proto's.

export const roleNames = ['viewer', 'predictor', 'operator', 'admin'] as const;
export type RoleName = (typeof roleNames)[number];

const roles: Readonly<Record<RoleName, Role>> = {
  viewer: Role.ROLE_VIEWER,
  predictor: Role.ROLE_PREDICTOR,
  operator: Role.ROLE_OPERATOR,
  admin: Role.ROLE_ADMIN,
};

export const roleOf = (name: RoleName): Role => roles[name];

/** Undefined for ROLE_UNSPECIFIED and for numbers that no role has. */
export const roleName = (role: Role): RoleName | undefined => roleNames.find(name => roles[name] === role);

export const lesserRole = (one: RoleName, other: RoleName): RoleName =>
  roles[one] < roles[other] ? one : other;
