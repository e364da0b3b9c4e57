import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureInRounds } from '../measureInRounds.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import { readRounds } from '../readRounds.ts';
import { keepModel } from './keepModel.ts';
import { printServing } from './printServing.ts';
import { servedModel, servedTrainers } from './servedModel.ts';
import { type ServingCase, servingCases } from './ServingCase.ts';
import type { ServingLine } from './ServingLine.ts';
import { type CaseOptions, withSides } from './withSides.ts';

// `npm run bench -- serving`: Predict under load, beside grpc-js alone (echo) and grpc-js with the generated decoder and ONNX
// Runtime (onnx), in turn, round after round; one-row calls without and with a bulk load beside them; ModelInfer beside ONNX
// Runtime without any server (runtime). Servers and load share the machine. Rates are therefore to be read against those of the
// same case; CPU time a call is the server's own.

const usage = `npm run bench -- serving [--json] [--quick] [--rounds N] [--seconds S] [--processes N] [--trainer NAME] [--only TEXT]
                         [--sides NAME,…]
  --quick      two rounds of a quarter second, four cases: that everything works, not how fast
  --rounds     how often the sides of a case are loaded in turn (5)
  --seconds    how long each is loaded at a time (2)
  --processes  of each server (2)
  --trainer    whose model is served: ${servedTrainers.join(', ')} (gradientBoosting)
  --only       cases whose name contains TEXT
  --sides      only these sides of each case
`;

const report = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runServingBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const { json, cases, trainer, rounds, seconds, processes } = options;
  const home = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    report(`training ${trainer} on simulated customers …`);
    await keepModel(home, servedModel(trainer));
    const lines: ServingLine[] = [];
    for (const each of cases) lines.push(...(await runCase(each, { rounds, seconds, processes, home })));
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
    const [load] = loadavg();
    process.stdout.write(
      json
        ? `${JSON.stringify({ machine, trainer, processes, rounds, seconds, lines }, null, 1)}\n`
        : `${printServing(lines)}\n${trainer}, ${processes} processes a server; medians of ${rounds} rounds of ${seconds} s a side, of ratios with their middle half; ${machine.cores} cores of ${machine.processor}, load average ${load.toFixed(1)}.\n`,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function runCase(each: ServingCase, options: CaseOptions): Promise<ServingLine[]> {
  const { name, load } = each;
  report(name);
  const lines = await withSides(each, options, sides => measureInRounds(sides, options.rounds, report));
  return lines.map(line => ({ name, rows: load.rows, inFlight: load.inFlight, ...line }));
}

function readOptions(args: readonly string[]) {
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
  const inTurn = readRounds(values, quick ? { rounds: 2, seconds: 0.25 } : { rounds: 5, seconds: 2 });
  return { json, processes, trainer, cases, ...inTurn };
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
