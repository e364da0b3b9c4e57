import { createKey } from '../../db/keys/createKey.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import { type RoleName, roleOf } from '../../platform/access/roles.ts';
import { makeKey } from '../../platform/access/secrets.ts';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { CreateKeyRequest, NewKey } from '../../proto/gen/holdfast/v1/account.ts';
import { readRole } from '../accounts/readRole.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeKey } from './encodeKey.ts';

const PRESET_DAYS = 365;
const MOST_DAYS = 3650;
const DAY_MS = 24 * 3_600_000;

/**
 * A key of the caller's, or of another user's for an admin, that can do no more than the caller and lives no longer.
 * @throws HoldfastError invalidArgument; permissionDenied; notFound (user)
 */
export async function createApiKey(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  asked: CreateKeyRequest,
  { principal }: CallContext,
): Promise<NewKey> {
  checkRequest(asked);
  const { name, models, validDays, user } = asked;
  const ownRole = principal.role ?? 'viewer';
  const role = asked.role === 0 ? ownRole : readRole(asked.role, 'role');
  if (user !== '' && user !== principal.user && ownRole !== 'admin')
    throw refusal(principal, `a key of ${user}: only an admin makes keys of other users`);
  if (roleOf(role) > roleOf(ownRole))
    throw refusal(principal, `a key with the role ${role}: ${upTo(ownRole)}`);
  if (principal.models.length > 0 && !models.every(model => principal.models.includes(model)))
    throw refusal(principal, `a key for other models than ${principal.models.join(', ')}`);
  const bound = models.length === 0 ? principal.models : models;
  if (bound.length > 0 && roleOf(role) > roleOf('predictor')) throw boundAndMighty(role, bound);
  const wanted = Date.now() + (validDays || PRESET_DAYS) * DAY_MS;
  const { id, secret } = makeKey();
  const key = await createKey(database, {
    id,
    keyHash: sha256(secret),
    user: user || principal.user,
    name,
    role,
    models: bound,
    creator: principal.name,
    madeBy: principal.kind === 'key' ? principal.keyId : null,
    expiresAt: new Date(principal.kind === 'key' ? Math.min(wanted, principal.expiresAt ?? wanted) : wanted),
  });
  await refreshCredentials();
  return { key: encodeKey(key), secret };
}

const upTo = (role: RoleName): string => `its own is ${role}, and no key can do more than its maker`;

const refusal = ({ name }: Principal, what: string): HoldfastError =>
  new HoldfastError('permissionDenied', `${name} cannot make ${what}.`);

/** What an operator or admin may do is about no one model: the bound would not hold. */
const boundAndMighty = (role: RoleName, models: readonly string[]): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `A key for ${models.join(', ')} alone is a predictor's or a viewer's, for ${role}s may do what concerns every model. Ask for it with the role predictor, or leave the models out.`,
    {
      violations: [
        { field: 'models', description: `expected none for the role ${role}, got ${models.join(', ')}` },
      ],
    },
  );

function checkRequest({ name, models, validDays }: CreateKeyRequest): void {
  const violations: FieldViolation[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
    violations.push({
      field: 'name',
      description: `expected a letter or digit, then those and . _ -, at most 63, got ${JSON.stringify(name)}`,
    });
  for (const [index, model] of models.entries())
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(model))
      violations.push({
        field: `models[${index}]`,
        description: `expected a model's name, got ${JSON.stringify(model)}`,
      });
  if (validDays < 0 || validDays > MOST_DAYS)
    violations.push({ field: 'valid_days', description: `expected 1 to ${MOST_DAYS}, got ${validDays}` });
  if (violations.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `The key cannot be made: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}.`,
      { violations },
    );
}
