import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';

// `npm test`: every static check, then mocha, whatever failed before, so that one run tells everything. With arguments
// (`npm test -- test/ml/foo.test.ts`, or mocha's own options) only mocha runs, on those. The last line holds mocha's counts.

const root = resolve(import.meta.dirname, '../..');
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/node/bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(
    delimiter,
  ),
};

const staticChecks = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'biome', args: ['format', '.'] },
  { name: 'unused files and packages', command: 'knip', args: ['--no-progress'] },
];

/** Mocha ends by itself once nothing is open; a server or timer that a test forgot would keep it running for ever. */
const LINGER_MS = 30_000;

/** As countsReporter.ts, beside this, writes them. */
const countsSchema = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });

/** All but the fault tests, which take minutes and random seeds (`npm run test:faults`). Not in .mocharc.json: there they would
 * be added to the files that somebody names. */
const everyTest = ['test/**/*.test.ts', '--ignore', 'test/faults/**'];

const asked = process.argv.slice(2);
const failures: string[] = [];
for (const { name, command, args } of asked.length > 0 ? [] : staticChecks) {
  console.log(`\n── ${name}`);
  if ((await run(command, args)) !== 0) failures.push(name);
}
console.log('\n── tests');
const counts = await runMocha(
  asked.some(argument => argument.endsWith('.ts')) ? asked : [...asked, ...everyTest],
);
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
const { passed, failed, skipped } = counts;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failures.length > 0 || failed > 0 || passed === 0 ? 1 : 0);

async function runMocha(args: readonly string[]): Promise<z.infer<typeof countsSchema>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-counts-'));
  const path = join(folder, 'counts.json');
  try {
    const reporter = join(root, 'test/support/countsReporter.ts');
    const linger = new AbortController();
    const code = run(
      'mocha',
      ['--reporter', reporter, ...args],
      { HOLDFAST_TEST_COUNTS: path },
      linger.signal,
    );
    const watch = setInterval(() => {
      if (existsSync(path) && Date.now() - statSync(path).mtimeMs > LINGER_MS) linger.abort();
    }, 1000);
    if ((await code) !== 0) failures.push(linger.signal.aborted ? 'a test left something open' : 'tests');
    clearInterval(watch);
    if (existsSync(path)) return countsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    failures.push('mocha ended without running the tests');
    return { passed: 0, failed: 0, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program in the checkout on our terminal. @returns its exit code */
function run(
  command: string,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
  signal?: AbortSignal,
): Promise<number> {
  let interrupted = false;
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, env: { ...environment, ...extra }, stdio: 'inherit' });
    signal?.addEventListener('abort', () => child.kill('SIGKILL'));
    const pass = (name: NodeJS.Signals): void => {
      interrupted = true;
      child.kill(name);
      // Libraries under test take signals over, so mocha may go on.
      setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, pass);
    child.once('error', fail);
    child.once('exit', code => {
      for (const event of ['SIGINT', 'SIGTERM'] as const) process.off(event, pass);
      if (interrupted) process.exit(130);
      done(code ?? 1);
    });
  });
}
