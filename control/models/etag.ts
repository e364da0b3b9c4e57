import type { AliasRevisions } from '../../db/aliases/Alias.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';

// The etag of a model: how often its aliases have moved, so that a refusal can tell what has moved since. Callers treat it as a
// text without meaning.

export const encodeEtag = ({ production, staging }: AliasRevisions): string => `p${production}s${staging}`;

/**
 * @param etag as it was answered, or in an HTTP header's form
 * @returns undefined where there is none
 * @throws HoldfastError invalidArgument
 */
export function decodeEtag(etag: string): AliasRevisions | undefined {
  if (etag === '' || etag === '*') return undefined;
  const [, , production, staging] = /^(?:W\/)?("?)p(\d{1,9})s(\d{1,9})\1$/.exec(etag) ?? [];
  if (production !== undefined) return { production: Number(production), staging: Number(staging) };
  throw new HoldfastError(
    'invalidArgument',
    `etag is ${JSON.stringify(etag)}; expected the one that the model came with (GetModel, ListModels), or none.`,
    { violations: [{ field: 'etag', description: 'expected the etag of the model' }] },
  );
}
