import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

// Mocha's own reporter, which also leaves its counts in the file that runTests.ts asks for.

export default class CountsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const path = process.env.HOLDFAST_TEST_COUNTS;
      if (path === undefined) throw new Error('HOLDFAST_TEST_COUNTS names no file for the counts');
      writeFileSync(path, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
