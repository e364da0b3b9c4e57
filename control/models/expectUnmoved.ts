import type { AliasRevisions } from '../../db/aliases/Alias.ts';
import { assertUnmoved } from '../../db/aliases/aliasRevisions.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { decodeEtag } from './etag.ts';

/**
 * What an etag says of the model's aliases, for the move itself to hold on to; looked at here too, so that who is late is told
 * before any work begins.
 * @returns undefined where no etag was given
 * @throws HoldfastError invalidArgument (it is none); conflict (an alias has moved since)
 */
export async function expectUnmoved(
  { database }: Pick<ControlPorts, 'database'>,
  model: string,
  etag: string,
): Promise<AliasRevisions | undefined> {
  const seen = decodeEtag(etag);
  if (seen !== undefined) await database.read(manager => assertUnmoved(manager, model, seen));
  return seen;
}
