import type { ModelStore } from '../createModelStore.ts';
import { chooseRoute, type Route } from './chooseRoute.ts';
import { namedUnitKey } from './unitKey.ts';

// From a call to its route: whose call it is, which arm that unit is in.

/** gRPC metadata, as far as it matters here. */
export interface Headers {
  get(name: string): readonly (string | Buffer)[];
}

/** A test's wish for an arm; the answer is recorded as such and is no exposure. */
export const ARM_HEADER = 'x-holdfast-arm';

export interface Units {
  /** The unit of the whole call, where the caller named one. */
  readonly named: string | null;
  /** The unit of each instance, or null. */
  readonly keys: readonly (string | null)[];
}

/**
 * @param named what the message itself says of the unit; the header goes before it
 * @param keysOf the instances' own keys, by their id column
 */
export function readUnits(
  { store, stickyHeader }: { readonly store: ModelStore; readonly stickyHeader: string },
  model: string,
  headers: Headers,
  named: string,
  rowCount: number,
  keysOf: (idColumn: string) => readonly (string | null)[],
): Units {
  const key = namedUnitKey(textOf(headers, stickyHeader), stickyHeader) ?? namedUnitKey(named, 'unit_key');
  if (key !== null) return { named: key, keys: Array<string>(rowCount).fill(key) };
  const idColumn = store.idColumn(model);
  return { named: null, keys: idColumn === null ? Array<null>(rowCount).fill(null) : keysOf(idColumn) };
}

/** Several instances without a named unit are of many units, whom one version answers: no experiment's. */
export const routeCall = (
  store: ModelStore,
  model: string,
  version: string,
  headers: Headers,
  { named, keys }: Units,
): Route =>
  chooseRoute(
    model,
    store.experiment(model),
    {
      version,
      unitKey: named ?? (keys.length === 1 ? keys[0] : null),
      forcedArm: textOf(headers, ARM_HEADER) ?? '',
    },
    number => store.holds(model, number),
  );

function textOf(headers: Headers, name: string): string | undefined {
  const [value] = headers.get(name);
  return value === undefined ? undefined : value.toString();
}
