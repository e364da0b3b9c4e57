import { hash, verify } from '@node-rs/argon2';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';

// Passwords are kept as argon2id with the parameters that OWASP's cheat sheet names first: 19 MiB, two passes, one lane. The
// work is done on the thread pool, of which it takes at most all, so that many logins at once wait for one another.

const LEAST_LENGTH = 12;
const MOST_LENGTH = 256;

/** The library's algorithm is argon2id unless it is told another. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> =>
  hash(password.normalize('NFKC'), parameters);

/** The hash of no password at all, by the same parameters. */
const NOBODY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** @param passwordHash null where there is no such user: that takes as long, so that nobody learns who there is */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const isRight = await verify(passwordHash ?? NOBODY, password.slice(0, MOST_LENGTH).normalize('NFKC'));
  return isRight && passwordHash !== null;
}

/** @returns what is wrong with a password that somebody chose */
export function judgePassword(password: string, user: string, field: string): FieldViolation[] {
  const length = Array.from(password).length;
  if (length < LEAST_LENGTH || password.length > MOST_LENGTH)
    return [{ field, description: `expected ${LEAST_LENGTH} to ${MOST_LENGTH} characters, got ${length}` }];
  if (user.length >= LEAST_LENGTH / 2 && password.toLowerCase().includes(user))
    return [{ field, description: "expected one that does not hold the user's name" }];
  if (new Set(password).size < 5) return [{ field, description: 'expected at least 5 different characters' }];
  return [];
}

/**
 * @param before which it must not be once more
 * @throws HoldfastError invalidArgument
 */
export function assertGoodPassword(password: string, user: string, field: string, before?: string): void {
  const violations = judgePassword(password, user, field);
  if (password === before) violations.push({ field, description: 'expected another one than before' });
  if (violations.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `The password is not taken: ${violations.map(({ description }) => description).join('; ')}.`,
      { violations },
    );
}
