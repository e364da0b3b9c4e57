import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import { aliasNames, type AliasRevisions } from './Alias.ts';

/**
 * How often the model's aliases have moved, within the caller's transaction.
 * @param until by that moment; null: by now
 */
export async function readAliasRevisions(
  manager: EntityManager,
  model: string,
  until: Date | null = null,
): Promise<AliasRevisions> {
  const standing = await manager.execute<{ alias: string; revision: number }[]>(
    `select alias, max(revision) as revision from alias_event
     where model = ? and at <= coalesce(?::timestamptz, 'infinity') group by alias`,
    [model, until?.toISOString() ?? null],
  );
  const of = (name: string): number => standing.find(({ alias }) => alias === name)?.revision ?? 0;
  return { production: of('production'), staging: of('staging') };
}

/**
 * That nobody has moved an alias of the model since somebody looked at it.
 * @throws HoldfastError conflict that says who moved what, when and why
 */
export async function assertUnmoved(
  manager: EntityManager,
  model: string,
  seen: AliasRevisions,
): Promise<void> {
  const now = await readAliasRevisions(manager, model);
  const moved = aliasNames.filter(alias => now[alias] !== seen[alias]);
  if (moved.length === 0) return;
  const since = await manager.find(
    AliasEventEntity,
    { model, $or: moved.map(alias => ({ alias, revision: { $gt: seen[alias] } })) },
    { orderBy: { at: 'desc', id: 'desc' }, limit: 3 },
  );
  const told = since.map(
    ({ actor, alias, toVersion, at, reason }) =>
      `${actor} moved ${alias} to version ${toVersion} at ${at.toISOString()}${reason === '' ? '' : ` (${reason})`}`,
  );
  throw new HoldfastError(
    'conflict',
    `The model ${model} is not as it was when you looked: ${told.join('; ') || 'its etag is not of this registry'}. Nothing was changed. Look at \`./holdfast models show ${model}\`, then decide again.`,
  );
}
