import { availableParallelism } from 'node:os';
import { runCommand } from './runCommand.ts';
import { runMocha, type TestResult } from './runMocha.ts';
import { testParts } from './testParts.ts';

// `npm test`: every static check and every test, whatever failed before, so that one run tells everything. Parts run side by
// side, each a process with servers of its own; what one prints comes whole, when it has ended. With arguments
// (`npm test -- test/ml/foo.test.ts`, or mocha's own options) only mocha runs, on those. The last line holds mocha's counts.

const staticChecks = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'biome', args: ['format', '.'] },
  { name: 'unused files and packages', command: 'knip', args: ['--no-progress'] },
];

/** Each part waits now and then, for a server that starts or a lease that ends: one lane more than there are cores keeps these busy. */
const MORE_LANES = 1;
/** More lanes than these share a machine's memory, not its cores. */
const MOST_LANES = 4;

/** Tests take ports of their own lane; below the range that systems give out by themselves (freePorts.ts). */
const PORTS = { lowest: 15_000, above: 32_000 };

const results: TestResult[] = [];
const failed: string[] = [];

const asked = process.argv.slice(2);
const namesFiles = asked.some(argument => argument.endsWith('.ts'));
if (asked.length > 0 && namesFiles) keep('tests', await runMocha(asked, {}, 'inherit'));
else await runAll(asked);

for (const { failures } of results)
  for (const { title, file, message } of failures) console.log(`\n✖ ${title}\n  ${file}\n${message}`);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
const [passed, failures, skipped] = (['passed', 'failed', 'skipped'] as const).map(each =>
  results.reduce((sum, result) => sum + result[each], 0),
);
console.log(`\n${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed.length > 0 || failures > 0 || passed === 0 ? 1 : 0);

async function runAll(mochaOptions: readonly string[]): Promise<void> {
  const waiting = [
    ...testParts(process.env.HOLDFAST_TEST_FAULTS).map(part => async (environment: NodeJS.ProcessEnv) => {
      const { name, files } = part;
      const began = performance.now();
      const result = await runMocha(
        [...mochaOptions, ...files],
        { ...environment, ...part.environment },
        'pipe',
      );
      show(name, began, result.output);
      keep(name, result);
    }),
    ...(mochaOptions.length > 0 ? [] : staticChecks).map(({ name, command, args }) => async () => {
      const began = performance.now();
      const { code, output } = await runCommand(command, args);
      show(name, began, output);
      if (code !== 0) failed.push(name);
    }),
  ];
  const lanes = lanesOf(process.env.HOLDFAST_TEST_LANES);
  const width = Math.floor((PORTS.above - PORTS.lowest) / lanes);
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const lowest = PORTS.lowest + lane * width;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await next({ HOLDFAST_TEST_PORTS: `${lowest}-${lowest + width}` });
    }),
  );
}

function lanesOf(wanted: string | undefined): number {
  if (wanted === undefined) return Math.min(availableParallelism() + MORE_LANES, MOST_LANES);
  const lanes = Number(wanted);
  if (Number.isInteger(lanes) && lanes > 0) return lanes;
  throw new TypeError(`HOLDFAST_TEST_LANES is ${wanted}; expected 1 or more`);
}

function show(name: string, began: number, output: string): void {
  console.log(`\n── ${name} (${((performance.now() - began) / 1000).toFixed(0)} s)\n${output.trimEnd()}`);
}

function keep(name: string, result: TestResult): void {
  results.push(result);
  if (result.problem !== null) failed.push(`${name} (${result.problem})`);
}
