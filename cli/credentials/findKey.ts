import { readLocalKey } from '../../platform/access/localKey.ts';
import type { Configuration } from '../../platform/configuration.ts';

/** HOLDFAST_API_KEY, else the key of this machine, which is nobody else's business. Undefined where there is none. */
export const findKey = ({ apiKey, home }: Pick<Configuration, 'apiKey' | 'home'>): string | undefined =>
  apiKey ?? readLocalKey(home) ?? undefined;
