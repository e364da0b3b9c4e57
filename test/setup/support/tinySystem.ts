import { join } from 'node:path';
import { Client } from 'pg';
import { readConfiguration } from '../../../platform/configuration.ts';
import { listenToInterrupts } from '../../../platform/supervisor/listenToInterrupts.ts';
import { startAll } from '../../../platform/supervisor/startAll.ts';

// What bin/start.ts is, with one tiny process instead of ours: PostgreSQL and Temporal are real. Says READY on stdout.

const { signal, onSecond } = listenToInterrupts();
const configuration = readConfiguration();
const say = (line: string): boolean => process.stderr.write(`${line}\n`);
try {
  const system = await startAll({
    configuration,
    processes: [
      {
        name: 'tiny',
        entry: join(import.meta.dirname, 'tinyProcess.ts'),
        ports: [{ purpose: 'tiny', port: configuration.ports.control, variable: 'HOLDFAST_CONTROL_PORT' }],
        needs: ['TEMPORAL_ADDRESS'],
      },
    ],
    prepare: countStart,
    say,
    warn: line => say(`! ${line}`),
    signal,
  });
  onSecond(() => system.hurry());
  process.stdout.write('READY\n');
  const ending = AbortSignal.any([signal, system.fault]);
  await new Promise<void>(done => ending.addEventListener('abort', () => done(), { once: true }));
  await system.stop();
  system.fault.throwIfAborted();
  process.exit(0);
} catch (error) {
  if (signal.aborted) process.exit(130);
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

/** Each start leaves a row, by which a test sees that the next one found the same database. */
async function countStart(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists start (number serial)');
  await client.query('insert into start default values');
  const { rows } = await client.query<{ starts: string }>('select count(*) as starts from start');
  process.stdout.write(`STARTS ${rows[0]?.starts}\n`);
  await client.end();
}
