import { TestWorkflowEnvironment } from '@temporalio/testing';

// Run as a program (`node sdkDownload.ts FOLDER VERSION`): the SDK's own download has no time limit and no way to stop it, so
// it gets a process of its own. The SDK offers it only together with starting a server, which is stopped at once.

const [, , folder, version] = process.argv;
if (folder === undefined || version === undefined) throw new Error('usage: sdkDownload.ts FOLDER VERSION');
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder, version } },
  });
  await environment.teardown();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
