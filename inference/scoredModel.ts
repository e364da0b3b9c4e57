import { assertModel } from '../platform/access/assertModel.ts';
import type { Principal } from '../platform/access/Principal.ts';

/**
 * Which model a call is about.
 * @throws HoldfastError permissionDenied where the caller's key is for other models
 */
export function scoredModel(
  asked: string,
  defaultModel: string,
  principal: Pick<Principal, 'name' | 'models'>,
): string {
  const model = asked === '' ? defaultModel : asked;
  assertModel(principal, model);
  return model;
}
