import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from 'mocha';

// Foreign implementations and real data that a test compares with. Where one is absent the test is skipped and says what to
// do; with HOLDFAST_TEST_REQUIRE=all (CI) it fails instead.

function absent(test: Context, what: string, remedy: string): never {
  const message = `${what} is absent: ${remedy}`;
  if (process.env.HOLDFAST_TEST_REQUIRE === 'all') throw new Error(message);
  console.error(`      skipped: ${message}`);
  return test.skip();
}

/** A program of the peers' virtual environment (`npm run test:peers`): python, or a command that pip installed. */
export function requirePeer(test: Context, program: string): string {
  const path = resolve('.venv/bin', program);
  return existsSync(path) ? path : absent(test, `the test peer ${program}`, 'run `npm run test:peers`');
}

/** A table of the data folder beside the checkout. */
export function requireData(test: Context, file: string): string {
  const path = resolve('../shared/data', file);
  return existsSync(path) ? path : absent(test, `the data file ${path}`, 'put the table there');
}
