import { randomBytes, randomInt } from 'node:crypto';

// What proves who somebody is, made by the system's random source: 256 bits each, so that one SHA-256 keeps them as safe as a
// slow hash would. Their prefixes make a leaked one easy to find, for people and for scanners.

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** By which a secret is told from anything else before it is hashed. */
export const looksLikeSecret = (text: string): boolean =>
  /^hf(?:s_|_[a-z0-9]{10}_)[A-Za-z0-9_-]{43}$/.test(text);

/** An API key, and the part of it that may be shown. */
export function makeKey(): { readonly id: string; readonly secret: string } {
  const id = randomText(10, LETTERS);
  return { id, secret: `hf_${id}_${random256()}` };
}

/** The part of a key that may be shown. */
export const keyIdOf = (secret: string): string => secret.split('_')[1];

export const makeSessionToken = (): string => `hfs_${random256()}`;

/** 20 letters and digits in groups, to be typed once: 103 bits. */
export const makePassword = (): string => Array.from({ length: 4 }, () => randomText(5, LETTERS)).join('-');

const random256 = (): string => randomBytes(32).toString('base64url');

const randomText = (length: number, alphabet: string): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
