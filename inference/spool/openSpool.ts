import { join } from 'node:path';
import type { Logger } from '../../observability/createLogger.ts';
import { createShipper } from './createShipper.ts';
import { createSpool, type FsyncPolicy } from './createSpool.ts';
import type { PredictedCall } from './PredictedCall.ts';

// A process's spool with what empties it: under <home>/spool, a folder a process.

export interface PredictionLogOptions {
  readonly home: string;
  readonly processId: string;
  readonly connectionString: string;
  readonly fsync: FsyncPolicy;
  readonly maximumBytes: number;
  readonly retentionDays: number;
  readonly logger: Logger;
}

export interface PredictionLog {
  /** As Spool.append. */
  append(call: PredictedCall): Promise<boolean>;
  /** Predictions that could not be kept since the start. */
  unkept(): number;
  /** Written and not yet in PostgreSQL. */
  pendingBytes(): number;
  close(): Promise<void>;
}

/** Of the ten seconds that a process has to end, the calls under way have taken eight. */
const LAST_SHIPPING_MS = 1000;

export function openSpool(options: PredictionLogOptions): PredictionLog {
  const { home, processId, connectionString, fsync, maximumBytes, retentionDays, logger } = options;
  const spool = createSpool({ folder: join(home, 'spool', processId), fsync, maximumBytes, logger });
  const quarantine = join(home, 'quarantine', 'spool');
  const shipper = createShipper({ spool, connectionString, quarantine, retentionDays, logger });
  return {
    append: call => spool.append(call),
    unkept: () => spool.unkept(),
    pendingBytes: () => shipper.pendingBytes(),
    close: async () => {
      await spool.flush();
      const empty = await shipper.close(LAST_SHIPPING_MS);
      await spool.close(empty);
    },
  };
}
