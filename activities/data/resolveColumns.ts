import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { suggest } from '../../platform/suggest.ts';

export interface ResolvedColumns {
  /** Position of each of the definition's columns in the file's rows, in the definition's order. */
  readonly positions: readonly number[];
  readonly label: number;
  /** -1 where the definition has no id. */
  readonly id: number;
  /** -1 where the definition has no event time. */
  readonly eventTime: number;
  /** The file's columns that the definition does not speak of. */
  readonly ignored: readonly string[];
}

/**
 * Finds the definition's columns in a file's header.
 * @throws HoldfastError invalidArgument that lists every missing column, with the name that was probably meant, and those found
 */
export function resolveColumns(
  definition: ProjectDefinition,
  header: readonly string[],
  shownAs: string,
): ResolvedColumns {
  const names = Object.keys(definition.columns);
  const { id, label, eventTime } = definition;
  const keys = [id, eventTime].filter(name => name !== undefined);
  const wanted = [...new Set([...names, label.column, ...keys])];
  const missing = wanted.filter(name => !header.includes(name));
  if (missing.length > 0) {
    const unused = header.filter(name => !wanted.includes(name) && name.length <= 200);
    const described = missing.map(name => {
      const meant = suggest(name, unused);
      return `${JSON.stringify(name)}${meant === undefined ? '' : ` (is it ${JSON.stringify(meant)}?)`}`;
    });
    // A file of which nothing fits may be any file of the machine: its first line is not repeated to whoever named it.
    const found =
      missing.length === wanted.length
        ? `Its header has ${header.length} other ${header.length === 1 ? 'name' : 'names'}: is it the right file?`
        : `It has: ${listNames(header)}.`;
    throw new HoldfastError(
      'invalidArgument',
      `${shownAs} lacks ${missing.length === 1 ? 'a column' : `${missing.length} columns`} of the project definition "${definition.name}": ${described.join(', ')}. ${found} Rename the columns in the file, or change the definition.`,
      { violations: missing.map(field => ({ field, description: 'expected a column of this name' })) },
    );
  }
  return {
    positions: names.map(name => header.indexOf(name)),
    label: header.indexOf(label.column),
    id: id === undefined ? -1 : header.indexOf(id),
    eventTime: eventTime === undefined ? -1 : header.indexOf(eventTime),
    ignored: header.filter(name => !wanted.includes(name)),
  };
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 50).map(name => JSON.stringify(name.slice(0, 60)));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}
