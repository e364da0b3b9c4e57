import { HoldfastError } from '../HoldfastError.ts';
import type { Principal } from './Principal.ts';

/** Whether the caller may touch a model. */
export const isForModel = ({ models }: Pick<Principal, 'models'>, model: string): boolean =>
  models.length === 0 || models.includes(model);

/**
 * @param model as it is meant: the default where a request names none
 * @throws HoldfastError permissionDenied where the caller's key is for other models
 */
export function assertModel(principal: Pick<Principal, 'name' | 'models'>, model: string): void {
  if (isForModel(principal, model)) return;
  throw new HoldfastError(
    'permissionDenied',
    `The key ${principal.name} is for ${principal.models.join(', ')} alone, not for ${JSON.stringify(model)}.`,
  );
}
