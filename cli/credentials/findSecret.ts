import { readLocalKey } from '../../platform/access/localKey.ts';
import type { Configuration } from '../../platform/configuration.ts';

/**
 * What the command presents to the servers: HOLDFAST_API_KEY, else the key of this machine, which is nobody else's business.
 * @returns undefined where there is none
 */
export const findSecret = (
  { apiKey, home }: Pick<Configuration, 'apiKey' | 'home'>,
  isLocal: boolean,
): string | undefined => apiKey ?? (isLocal ? (readLocalKey(home) ?? undefined) : undefined);
