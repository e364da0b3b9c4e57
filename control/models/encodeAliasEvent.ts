import type { AliasEvent as Registered } from '../../db/aliases/Alias.ts';
import type { AliasEvent } from '../../proto/gen/holdfast/v1/model.ts';

/** A move of an alias as the message of the API. */
export const encodeAliasEvent = ({
  alias,
  fromVersion,
  toVersion,
  actor,
  reason,
  at,
}: Registered): AliasEvent => ({
  alias,
  fromVersion: fromVersion ?? undefined,
  toVersion,
  actor,
  reason,
  time: at,
});
