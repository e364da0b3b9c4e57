import { constants, setPriority } from 'node:os';
import { makeReport, type ReportTask } from './makeReport.ts';

// What runs in a process of its own (runReportProcess starts it): one task in, one report out. Thousands of scorings would hold the
// worker's event loop up, and its heartbeats with it; and they wait for whatever else the machine has to do.

setPriority(constants.priority.PRIORITY_LOW);
// Nobody waits for the report any more.
process.once('disconnect', () => process.exit(1));
process.once('message', (task: ReportTask) => {
  makeReport(task).then(
    report => process.send?.({ report }, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.message : String(error) }, () =>
        process.exit(1),
      ),
  );
});
