import { parseArgs } from 'node:util';
import { readRounds } from '../readRounds.ts';
import { servedTrainers } from './servedModel.ts';
import { type ServingCase, servingCases } from './ServingCase.ts';

export const servingUsage = `npm run bench -- serving [--json] [--quick] [--rounds N] [--seconds S] [--processes N] [--trainer NAME] [--only TEXT]
                         [--sides NAME,…] [--swaps N]
  --quick      two rounds of a quarter second, five cases: that everything works, not how fast
  --rounds     how often the sides of a case are loaded in turn (5)
  --seconds    how long each is loaded at a time (2)
  --processes  of each server (2)
  --trainer    whose model is served: ${servedTrainers.join(', ')} (gradientBoosting)
  --only       cases whose name contains TEXT
  --sides      only these sides of each case
  --swaps      promotions under load (100)
`;

/** @throws TypeError that says what was expected */
export function readServingOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      processes: { type: 'string', default: '2' },
      trainer: { type: 'string', default: 'gradientBoosting' },
      only: { type: 'string', default: '' },
      sides: { type: 'string' },
      swaps: { type: 'string' },
    },
  });
  const { json, quick } = values;
  const processes = Number(values.processes);
  const trainer = servedTrainers.find(each => each === values.trainer);
  if (!Number.isInteger(processes) || processes < 1)
    throw new TypeError(`--processes is ${values.processes}; expected 1 or more`);
  if (trainer === undefined)
    throw new TypeError(`--trainer is ${values.trainer}; expected one of ${servedTrainers.join(', ')}`);
  const cases = casesOf(quick, values.only, values.sides?.split(','));
  const swaps = Number(values.swaps ?? (quick ? 4 : 100));
  if (!Number.isInteger(swaps) || swaps < 1)
    throw new TypeError(`--swaps is ${values.swaps}; expected 1 or more`);
  return { json, quick, processes, trainer, cases, swaps, ...readRounds(values, quick) };
}

/** @throws TypeError where nothing is left */
function casesOf(quick: boolean, only: string, sides: readonly string[] | undefined): ServingCase[] {
  const chosen = servingCases.filter(({ name, load: { inFlight, form, rows } }) =>
    quick ? inFlight === 16 || (rows > 1 && form !== 'instances') : name.includes(only),
  );
  if (chosen.length === 0)
    throw new TypeError(`--only is ${only}; expected a part of: ${namesOf(servingCases)}`);
  if (sides === undefined) return chosen;
  const known = chosen.flatMap(each => each.sides.map(({ side }) => side));
  const unknown = sides.filter(side => !known.includes(side));
  if (unknown.length > 0)
    throw new TypeError(`--sides is ${unknown.join(',')}; expected of ${[...new Set(known)].join(', ')}`);
  return chosen
    .map(each => ({ ...each, sides: each.sides.filter(({ side }) => sides.includes(side)) }))
    .filter(each => each.sides.length > 0);
}

const namesOf = (cases: readonly ServingCase[]): string => cases.map(({ name }) => name).join('; ');
