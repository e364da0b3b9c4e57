import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import Mocha from 'mocha';

// Mocha's own reporter, which also leaves its counts, and what failed, in the file that runMocha.ts asks for.

const root = resolve(import.meta.dirname, '../..');

export default class CountsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failures: { title: string; file: string; message: string }[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test: Mocha.Runnable, error: Error) => {
      failures.push({
        title: test.titlePath().join(' › '),
        file: test.file === undefined ? '' : relative(root, test.file),
        message: error.stack ?? String(error),
      });
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures: failed, pending } = this.stats;
      const path = process.env.HOLDFAST_TEST_COUNTS;
      if (path === undefined) throw new Error('HOLDFAST_TEST_COUNTS names no file for the counts');
      writeFileSync(path, JSON.stringify({ passed: passes, failed, skipped: pending, failures }));
    });
  }
}
