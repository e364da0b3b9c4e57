import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from './runCommand.ts';

/** As countsReporter.ts, beside this, writes them. */
const countsSchema = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  failures: z.array(z.object({ title: z.string(), file: z.string(), message: z.string() })),
});

export interface TestResult extends z.infer<typeof countsSchema> {
  readonly output: string;
  /** What was wrong with the run, failed tests among it; null where nothing was. */
  readonly problem: string | null;
}

/** Mocha ends by itself once nothing is open; a server or timer that a test forgot would keep it running for ever. */
const LINGER_MS = 30_000;

/** One process of mocha with our reporter, on these files or with these options. */
export async function runMocha(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  stdio: 'inherit' | 'pipe',
): Promise<TestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-counts-'));
  const path = join(folder, 'counts.json');
  const linger = new AbortController();
  const watch = setInterval(() => {
    if (existsSync(path) && Date.now() - statSync(path).mtimeMs > LINGER_MS) linger.abort();
  }, 1000);
  try {
    const reporter = join(import.meta.dirname, 'countsReporter.ts');
    const { code, output } = await runCommand('mocha', ['--reporter', reporter, ...args], {
      environment: { ...environment, HOLDFAST_TEST_COUNTS: path },
      stdio,
      signal: linger.signal,
    });
    if (!existsSync(path)) {
      const problem = 'mocha ended without running the tests';
      return { passed: 0, failed: 0, skipped: 0, failures: [], output, problem };
    }
    const counts = countsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const problem = linger.signal.aborted ? 'a test left something open' : code === 0 ? null : 'tests';
    return { ...counts, output, problem };
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }
}
