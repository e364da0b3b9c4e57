import type { AliasRevisions } from '../../db/aliases/Alias.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

interface MoveAliasInput {
  readonly model: string;
  readonly alias: 'production' | 'staging';
  readonly version: number;
  /** Refused with a conflict when the alias is not there (null: nowhere yet); left out, it is moved from wherever it is. */
  readonly expectedVersion?: number | null;
  /** Refused with a conflict when an alias of the model has moved since. */
  readonly expectedRevisions?: AliasRevisions;
  readonly actor: string;
  readonly reason: string;
  /** The same operation again answers what it did the first time. */
  readonly operationId: string;
}

export interface AliasMove {
  readonly previousVersion: number | null;
  /** ISO 8601; null where the alias was there already. */
  readonly time: string | null;
  /** Of the model's aliases, after the move; absent in promotions begun before it was told. */
  readonly revisions?: AliasRevisions;
}

export const createMoveAlias =
  ({ database, track }: Pick<ActivityPorts, 'database' | 'track'>) =>
  async (input: MoveAliasInput): Promise<AliasMove> => {
    const { previousVersion, at, moved, revisions } = await moveAlias(database, input);
    const { model, version } = input;
    for (const touched of new Set([version, previousVersion ?? version]))
      await track({ id: (await getVersion(database, model, touched)).runId, model });
    return { previousVersion, time: moved && at !== null ? at.toISOString() : null, revisions };
  };
