import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Context } from 'mocha';

// Foreign implementations and real data that a test compares with. Where one is absent the test is skipped and says what to
// do; with HOLDFAST_TEST_REQUIRE=all (CI) it fails instead.

export function absent(test: Context, what: string, remedy: string): never {
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

/** A Chromium of the machine: `apt-get install chromium`, or HOLDFAST_TEST_BROWSER says where one is. */
export function requireBrowser(test: Context): string {
  const { HOLDFAST_TEST_BROWSER } = process.env;
  const given = [HOLDFAST_TEST_BROWSER ?? ''].filter(path => path !== '').find(existsSync);
  const path = given ?? findProgram('chromium', 'chromium-browser', 'google-chrome');
  return path ?? absent(test, 'a Chromium', 'install chromium, or set HOLDFAST_TEST_BROWSER');
}

/** Prometheus' own checker of metrics: `apt-get install prometheus`. */
export const requirePromtool = (test: Context): string =>
  findProgram('promtool') ?? absent(test, 'promtool', 'install prometheus');

/** A shell of the machine: `apt-get install zsh fish`. */
export const requireShell = (test: Context, name: 'bash' | 'zsh' | 'fish'): string =>
  findProgram(name) ?? absent(test, `the shell ${name}`, `install ${name}`);

const findProgram = (...names: readonly string[]): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(folder => names.map(name => join(folder, name)))
    .find(existsSync);

/** A table of the data folder beside the checkout. */
export function requireData(test: Context, file: string): string {
  const path = resolve('../shared/data', file);
  return existsSync(path) ? path : absent(test, `the data file ${path}`, 'put the table there');
}
