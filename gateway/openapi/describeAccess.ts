import type { AccessRule } from '../../platform/access/readAccess.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';

/** Behind TLS the cookie is called `__Host-holdfast`; browsers send either by themselves. */
export const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  session: { type: 'apiKey', in: 'cookie', name: 'holdfast' },
} as const;

export interface AccessDescription {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly sentence: string;
}

/** Who may call a method, for people and for clients. */
export function describeAccess(rule: AccessRule | null): AccessDescription {
  if (rule?.$case === 'public') return { security: [], sentence: 'Anybody may.' };
  const security = Object.keys(SECURITY_SCHEMES).map(scheme => ({ [scheme]: [] }));
  if (rule === null) return { security, sentence: 'Nobody may.' };
  if (rule.$case === 'authenticated')
    return { security, sentence: 'Anybody may who says who they are, whatever their role.' };
  return { security, sentence: `Needs the role **${roleName(rule.value)}** or one above it.` };
}

const roleName = (role: Role): string => {
  const [name = ''] = Object.entries(Role).find(([, value]) => value === role) ?? [];
  return name.replace(/^ROLE_/, '').toLowerCase();
};
