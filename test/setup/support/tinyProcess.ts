import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import { runProcess } from '../../../platform/lifecycle/runProcess.ts';

// The smallest process that runProcess can run: it holds the control port, and misbehaves where NODE_TINY says so, which is among what every process is told.

await runProcess('tiny', async ({ configuration, logger }) => {
  const moods = (process.env.NODE_TINY ?? '').split(' ');
  if (moods.includes('refuse'))
    throw new HoldfastError('failedPrecondition', 'the tiny process wants more cake');
  if (moods.includes('throw')) throw new Error('a tiny mistake');
  const mark = join(configuration.home, 'crashed');
  if (moods.includes('crash-once') && !existsSync(mark)) {
    writeFileSync(mark, '');
    process.kill(process.pid, 'SIGKILL');
  }
  const server = createServer();
  await new Promise<void>(done => server.listen(configuration.ports.control, '127.0.0.1', done));
  logger.warn({ err: new Error('its cause') }, 'tiny warning.');
  return {
    info: { port: configuration.ports.control },
    close: async () => {
      if (moods.includes('hang')) await new Promise(() => undefined);
      await new Promise(done => server.close(done));
    },
  };
});
