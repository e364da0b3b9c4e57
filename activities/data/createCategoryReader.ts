import type { ColumnDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type ColumnReader, missingFault } from './ColumnReader.ts';
import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import type { Fault } from './Violation.ts';

const MAXIMUM_LEVELS = 1000;
const MAXIMUM_LEVEL_CHARACTERS = 1000;

/** Categories: each level once, each row a code; the codes follow the levels' order, not the rows'. */
export function createCategoryReader(
  name: string,
  definition: Extract<ColumnDefinition, { kind: 'category' }>,
): ColumnReader {
  const declared = definition.levels === undefined ? null : new Set(definition.levels);
  const levelFault: Fault = { kind: 'level', rule: `expected ${describeLevels(definition.levels ?? [])}` };
  const lengthFault: Fault = {
    kind: 'length',
    rule: `expected at most ${MAXIMUM_LEVEL_CHARACTERS} characters`,
  };
  const whenMissing = definition.missing === 'reject' ? missingFault : null;
  const met = new Map<string, number>();
  const codes = createGrowingArray(Int32Array);
  let pending: string | null = null;
  return {
    name,
    read: text => {
      pending = null;
      if (text.trim() === '') return whenMissing;
      if (declared !== null && !declared.has(text)) return levelFault;
      if (text.length > MAXIMUM_LEVEL_CHARACTERS) return lengthFault;
      pending = text;
      return null;
    },
    keep: () => {
      if (pending === null) return codes.push(-1);
      let code = met.get(pending);
      if (code === undefined) {
        code = met.size;
        if (declared === null && code === MAXIMUM_LEVELS) throw tooManyLevels(name);
        met.set(pending, code);
      }
      codes.push(code);
    },
    finish: () => {
      const levels = [...met.keys()].sort();
      const places = new Map(levels.map((level, place) => [level, place]));
      const renumbered = Int32Array.from(met.keys(), level => places.get(level) ?? -1);
      const own = codes.finish();
      for (let row = 0; row < own.length; row++) own[row] = renumbered[own[row]] ?? -1;
      return { kind: 'category', name, levels, codes: own };
    },
  };
}

const tooManyLevels = (name: string): HoldfastError =>
  new HoldfastError(
    'failedPrecondition',
    `The column ${JSON.stringify(name)} has more than ${MAXIMUM_LEVELS} different values: it is free text or a key rather than a category. Take it out of the project definition, make it a number, or declare its levels there.`,
  );

function describeLevels(levels: readonly string[]): string {
  const shown = levels.slice(0, 12).map(level => JSON.stringify(level));
  const rest = levels.length - shown.length;
  return `one of ${shown.join(', ')}${rest > 0 ? ` and ${rest} others` : ''}`;
}
