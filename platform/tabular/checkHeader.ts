import { HoldfastError } from '../HoldfastError.ts';

/** The file may be another than the user meant, so that little of it is repeated. */
const MOST_SHOWN = 10;

/**
 * @throws HoldfastError invalidArgument where there is no header, or a name stands twice (columns without a name may repeat:
 * nothing can refer to them)
 */
export function checkHeader(names: readonly string[], shownAs: string): readonly string[] {
  if (names.every(name => name.trim() === ''))
    throw new HoldfastError(
      'invalidArgument',
      `${shownAs} has no header: expected the columns' names in the first line, then one row a line.`,
    );
  const positions = new Map<string, number[]>();
  names.forEach((name, index) => {
    if (name !== '') positions.set(name, [...(positions.get(name) ?? []), index + 1]);
  });
  const repeated = [...positions].filter(([, where]) => where.length > 1);
  if (repeated.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `${shownAs} has columns of the same name: ${repeated
        .slice(0, MOST_SHOWN)
        .map(([name, where]) => `${JSON.stringify(name.slice(0, 60))} in positions ${listPositions(where)}`)
        .join(
          '; ',
        )}${repeated.length > MOST_SHOWN ? ` and ${repeated.length - MOST_SHOWN} more` : ''}. Rename or remove the repetitions.`,
    );
  return names;
}

const listPositions = (positions: readonly number[]): string =>
  `${positions.slice(0, MOST_SHOWN).join(', ')}${positions.length > MOST_SHOWN ? ', …' : ''}`;
