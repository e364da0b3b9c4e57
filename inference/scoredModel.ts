import type { Principal } from '../platform/access/Principal.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';

/**
 * Which model a call is about.
 * @throws HoldfastError permissionDenied where the caller's key is for other models
 */
export function scoredModel(
  asked: string,
  defaultModel: string,
  { name, models }: Pick<Principal, 'name' | 'models'>,
): string {
  const model = asked === '' ? defaultModel : asked;
  if (models.length === 0 || models.includes(model)) return model;
  throw new HoldfastError(
    'permissionDenied',
    `The key ${name} is for ${models.join(', ')} alone, not for ${JSON.stringify(model)}.`,
  );
}
