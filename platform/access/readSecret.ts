import { HoldfastError } from '../HoldfastError.ts';
import type { CallMetadata } from '../grpc/ServerCall.ts';

/** The metadata, and the HTTP headers, by which a caller says who it is. */
export const KEY_HEADER = 'x-api-key';
export const TOKEN_HEADER = 'authorization';

/**
 * What a caller presents, an API key or a session's token: both are taken under either name, and a key goes first.
 * @returns null where it presents nothing
 * @throws HoldfastError unauthenticated for another scheme than Bearer
 */
export function readSecret(metadata: CallMetadata): string | null {
  const [key] = metadata.get(KEY_HEADER);
  if (typeof key === 'string' && key !== '') return key;
  const [authorization] = metadata.get(TOKEN_HEADER);
  if (typeof authorization !== 'string' || authorization === '') return null;
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw new HoldfastError(
    'unauthenticated',
    `${TOKEN_HEADER} is of a kind that is not known here; expected "Bearer" and a session's token or an API key, or the key as ${KEY_HEADER}.`,
  );
}
