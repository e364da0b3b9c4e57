import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { AliasEventEntity } from '../entities/AliasEventEntity.ts';
import { ArchivedVersionEntity } from '../entities/ArchivedVersionEntity.ts';
import { ModelAliasEntity } from '../entities/ModelAliasEntity.ts';
import { ModelVersionEntity } from '../entities/ModelVersionEntity.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';
import { aliasNames, type AliasName, type AliasRevisions } from './Alias.ts';
import { assertUnmoved, readAliasRevisions } from './aliasRevisions.ts';

// The one writer of aliases: the move and its event are one transaction, and moves of one alias wait for one another. The
// schema refuses what would break the history, whoever writes.

export interface AliasMove {
  readonly model: string;
  readonly alias: AliasName;
  readonly version: number;
  /** Where the caller believes the alias stands (null: nowhere yet). Left out: wherever it stands. */
  readonly expectedVersion?: number | null;
  /** How often the caller believes the model's aliases have moved. Left out: however often. */
  readonly expectedRevisions?: AliasRevisions;
  readonly actor: string;
  readonly reason: string;
  /** The same for every attempt of one operation (a workflow's run id and the step), and of no other. */
  readonly operationId: string;
}

export interface AliasMoved {
  /** Where the alias stood before; the version itself where nothing moved. */
  readonly previousVersion: number | null;
  /** When it moved; null where it stood there already. */
  readonly at: Date | null;
  readonly moved: boolean;
  /** Of the model's aliases, after the move. */
  readonly revisions: AliasRevisions;
}

/**
 * Moves an alias and records who, why and when. An operation that was done before is not done again: its outcome is answered,
 * also where the alias has moved on since. An alias that stands on the version already stays, without an event.
 * @throws HoldfastError notFound (version); conflict (the alias is not where the caller believed); failedPrecondition (the
 *   version is archived); invalidArgument (the operation's id was used for another move)
 */
export const moveAlias = (database: Database, move: AliasMove): Promise<AliasMoved> =>
  database.write(async manager => {
    const { model, alias } = move;
    // What is expected of both aliases must stay so until this is done.
    for (const locked of move.expectedRevisions === undefined ? [alias] : aliasNames)
      await lockAlias(manager, model, locked);
    const outcome = (await findOutcome(manager, move)) ?? (await attemptMove(manager, move));
    return { ...outcome, revisions: await readAliasRevisions(manager, model, outcome.at) };
  });

/** Until the transaction ends nobody else moves the alias, or archives a version of the model. */
export const lockAlias = (manager: EntityManager, model: string, alias: AliasName): Promise<void> =>
  lockName(manager, `alias ${alias} of ${model}`);

type Outcome = Omit<AliasMoved, 'revisions'>;

async function attemptMove(manager: EntityManager, move: AliasMove): Promise<Outcome> {
  const { model, alias, version, expectedVersion, expectedRevisions } = move;
  if (expectedRevisions !== undefined) await assertUnmoved(manager, model, expectedRevisions);
  const standing = await manager.findOne(ModelAliasEntity, { model, alias });
  const current = standing?.version ?? null;
  if (current === version) return { previousVersion: version, at: null, moved: false };
  if (expectedVersion !== undefined && expectedVersion !== current)
    throw new HoldfastError(
      'conflict',
      `The ${alias} version of ${model} is ${current ?? 'none'}, not ${expectedVersion ?? 'none'}: somebody moved it meanwhile. Look at \`./holdfast models show ${model}\`, then decide again.`,
    );
  if ((await manager.count(ModelVersionEntity, { model, version })) === 0)
    throw new HoldfastError(
      'notFound',
      `The model ${model} has no version ${version}. See \`./holdfast models show ${model}\`.`,
    );
  if ((await manager.count(ArchivedVersionEntity, { model, version })) > 0)
    throw new HoldfastError(
      'failedPrecondition',
      `Version ${version} of ${model} is archived. Take it back first: \`./holdfast models unarchive ${model} ${version}\`.`,
    );
  return applyMove(manager, move, current);
}

async function findOutcome(
  manager: EntityManager,
  { model, alias, version, operationId }: AliasMove,
): Promise<Outcome | null> {
  const event = await manager.findOne(AliasEventEntity, { operationId });
  if (!event) return null;
  if (event.model !== model || event.alias !== alias || event.toVersion !== version)
    throw new HoldfastError(
      'invalidArgument',
      `The operation ${operationId} moved ${event.alias} of ${event.model} to version ${event.toVersion} before; another move needs an operation id of its own.`,
    );
  return { previousVersion: event.fromVersion ?? null, at: event.at, moved: true };
}

/** The time, in the milliseconds that JavaScript has too, is taken under the lock and always later than the event before, also where the clock was put back. */
async function applyMove(
  manager: EntityManager,
  { model, alias, version, actor, reason, operationId }: AliasMove,
  current: number | null,
): Promise<Outcome> {
  await manager.execute(
    `with moved as (
       insert into model_alias as a (model, alias, version, revision, changed_at)
       values (?, ?, ?, 1, date_trunc('milliseconds', clock_timestamp()))
       on conflict (model, alias) do update set
         version = excluded.version,
         revision = a.revision + 1,
         changed_at = greatest(date_trunc('milliseconds', clock_timestamp()), a.changed_at + interval '1 millisecond')
       returning model, alias, version, revision, changed_at
     )
     insert into alias_event (model, alias, revision, from_version, to_version, actor, reason, operation_id, at)
     select model, alias, revision, ?::integer, version, ?, ?, ?, changed_at from moved`,
    [model, alias, version, current, storableText(actor), storableText(reason), operationId],
  );
  const event = await manager.findOneOrFail(AliasEventEntity, { operationId });
  return { previousVersion: current, at: event.at, moved: true };
}
