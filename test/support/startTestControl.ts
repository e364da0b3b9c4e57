import { type Control, type ControlOptions, startControl } from '../../control/startControl.ts';
import { createTemporal } from '../../control/temporal/createTemporal.ts';
import type { Database } from '../../db/Database.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { collectLogs, type LogLine } from './collectLogs.ts';

/** Control over a database, where nothing needs Temporal or files. */
export async function startTestControl(
  database: Database,
  connectionString: string,
  options: Partial<ControlOptions> = {},
): Promise<{ readonly control: Control; readonly logs: LogLine[] }> {
  const { logger, lines } = collectLogs();
  const temporal = createTemporal('127.0.0.1:1', 'default');
  const control = await startControl({
    database,
    connectionString,
    artifacts: createLocalArtifactStore('/nowhere'),
    temporal,
    logger,
    defaultModel: 'churn',
    trustedProxies: ['127.0.0.1'],
    dataRoots: [],
    address: 'test',
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
  return {
    control: {
      port: control.port,
      close: async () => {
        await control.close();
        await temporal.close();
      },
    },
    logs: lines,
  };
}
