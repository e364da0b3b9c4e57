import { rmSync } from 'node:fs';
import { appendFile, copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { insertPredictions } from '../../db/predictions/insertPredictions.ts';
import type { Prediction } from '../../db/predictions/Prediction.ts';
import { removeOldPredictions } from '../../db/predictions/preparePartitions.ts';
import type { Logger } from '../../observability/createLogger.ts';
import { adoptedSegments, adoptOrphans, removeAdopted } from './adoptOrphans.ts';
import type { Segment, Spool } from './createSpool.ts';
import { readSegment } from './readSegment.ts';
import { createDeathWatch } from './SpoolOwner.ts';

// Takes what lies in the spool, and in those of processes that died, to PostgreSQL, in the background and for as long as it
// takes. A part is forgotten when PostgreSQL has committed it; one that is sent twice is known there. What PostgreSQL refuses,
// or the disk spoiled, is set aside for people and does not hold up what follows.

export interface ShipperOptions {
  readonly spool: Spool;
  readonly connectionString: string;
  /** Where what cannot be shipped is put. */
  readonly quarantine: string;
  readonly retentionDays: number;
  readonly logger: Logger;
  /** Default 250 ms. */
  readonly everyMs?: number;
}

export interface Shipper {
  /** Written and not yet in PostgreSQL, here and in what was adopted. */
  pendingBytes(): number;
  /** Ships on for at most so long, then ends. @returns whether everything is in PostgreSQL */
  close(withinMs: number): Promise<boolean>;
}

const LONGEST_RETRY_MS = 5000;
const ANSWER_WITHIN_MS = 60_000;
const ADOPT_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 3_600_000;
/** A segment that is shipped as far as it goes is removed from this size on, so that an idle process leaves little. */
const REMOVE_FROM_BYTES = 1 << 20;

export function createShipper(options: ShipperOptions): Shipper {
  const { spool, connectionString, quarantine, retentionDays, logger, everyMs = 250 } = options;
  const spools = dirname(spool.folder);
  const isDead = createDeathWatch();
  const shipped = new Map<Segment, number>();
  let adopted: Segment[] = adoptedSegments(spool.folder);
  let adoptedAt = Number.NEGATIVE_INFINITY;
  let tidiedAt = Number.NEGATIVE_INFINITY;
  let client: Client | null = null;
  let away = '';
  let retryMs = everyMs;
  const stopping = new AbortController();

  const remaining = (segment: Segment): number => segment.bytes - (shipped.get(segment) ?? 0);
  const pendingBytes = (): number =>
    [...adopted, ...spool.segments()].reduce((sum, segment) => sum + remaining(segment), 0);

  async function connection(): Promise<Client> {
    if (client !== null) return client;
    const next = new Client({
      connectionString,
      application_name: 'holdfast-inference-spool',
      connectionTimeoutMillis: 5000,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const lost = (): void => {
      if (client === next) client = null;
    };
    next.on('error', lost);
    next.on('end', lost);
    await next.connect();
    client = next;
    return next;
  }

  async function disconnect(): Promise<void> {
    const last = client;
    client = null;
    await last?.end().catch(() => undefined);
  }

  function adopt(): void {
    if (performance.now() - adoptedAt < ADOPT_EVERY_MS) return;
    adoptedAt = performance.now();
    const names = adoptOrphans(spools, spool.folder, isDead);
    if (names.length === 0) return;
    const known = new Set(adopted.map(({ path }) => path));
    adopted = [...adopted, ...adoptedSegments(spool.folder).filter(({ path }) => !known.has(path))];
    logger.warn(
      { adopted: names, bytes: adopted.reduce((sum, { bytes }) => sum + bytes, 0) },
      'The spools of processes that ended without shipping were taken over.',
    );
    if (adopted.length === 0) removeAdopted(spool.folder);
  }

  async function tidy(): Promise<void> {
    if (performance.now() - tidiedAt < TIDY_EVERY_MS) return;
    const removed = await removeOldPredictions(await connection(), retentionDays);
    tidiedAt = performance.now();
    if (removed.length > 0) logger.info({ removed, retentionDays }, 'Old predictions were removed.');
  }

  async function insert(predictions: readonly Prediction[]): Promise<void> {
    try {
      await insertPredictions(await connection(), predictions);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Halves, until the rows at fault are alone.
      if (predictions.length === 1) return setAside(predictions[0], error);
      const middle = predictions.length >> 1;
      await insert(predictions.slice(0, middle));
      await insert(predictions.slice(middle));
    }
  }

  async function setAside(prediction: Prediction, error: Error): Promise<void> {
    const file = join(quarantine, 'predictions.jsonl');
    await mkdir(quarantine, { recursive: true, mode: 0o700 });
    await appendFile(file, `${JSON.stringify({ reason: error.message, ...prediction })}\n`, { mode: 0o600 });
    logger.error(
      { err: error, id: prediction.id, file },
      'PostgreSQL refuses a prediction, which was set aside.',
    );
  }

  /** @returns whether the segment is through; false where more may be written to it */
  async function ship(segment: Segment): Promise<void> {
    while (remaining(segment) > 0) {
      const from = shipped.get(segment) ?? 0;
      const part = await readSegment(segment.path, from, segment.bytes).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error) throw error;
        // Sound by its sum, and not what this program writes.
        return { predictions: [], end: from, rest: 'damaged' as const };
      });
      if (part.predictions.length > 0) await insert(part.predictions);
      shipped.set(segment, part.end);
      if (part.rest === 'none') continue;
      // Taken first: what is written while it is set aside is still to be shipped.
      const end = segment.bytes;
      await giveUp(segment, part.end, part.rest);
      shipped.set(segment, end);
    }
  }

  async function giveUp(segment: Segment, from: number, why: 'torn' | 'damaged'): Promise<void> {
    const bytes = segment.bytes - from;
    if (why === 'torn') {
      logger.info(
        { path: segment.path, bytes },
        'What a killed process had half written, and told nobody, is dropped.',
      );
      return;
    }
    const kept = join(quarantine, `${basename(dirname(segment.path))}-${basename(segment.path)}`);
    await mkdir(quarantine, { recursive: true, mode: 0o700 });
    await copyFile(segment.path, kept);
    logger.error(
      { path: segment.path, from, bytes, kept },
      'A segment of the spool is damaged; it was set aside.',
    );
  }

  async function pass(): Promise<void> {
    adopt();
    await tidy();
    const had = adopted.length;
    for (const segment of adopted) {
      await ship(segment);
      adopted = adopted.filter(other => other !== segment);
      shipped.delete(segment);
      rmSync(segment.path, { force: true });
    }
    if (had > 0) removeAdopted(spool.folder);
    for (const segment of spool.segments()) {
      await ship(segment);
      if (!segment.sealed && segment.bytes >= REMOVE_FROM_BYTES) spool.seal();
      if (!segment.sealed || remaining(segment) > 0) continue;
      spool.remove(segment);
      shipped.delete(segment);
    }
  }

  async function attempt(): Promise<void> {
    try {
      await pass();
      if (away !== '') logger.info({}, 'Predictions are shipped to PostgreSQL again.');
      away = '';
      retryMs = everyMs;
    } catch (error) {
      await disconnect();
      const reason = error instanceof Error ? error.message : String(error);
      if (away === '')
        logger.warn(
          { err: error, pendingBytes: pendingBytes() },
          'Predictions cannot be shipped to PostgreSQL; they wait in the spool.',
        );
      away = reason || 'away';
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await attempt();
      await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    pendingBytes,
    close: async withinMs => {
      stopping.abort();
      const finish = async (): Promise<void> => {
        await running;
        if (pendingBytes() > 0) await attempt();
      };
      await Promise.race([finish(), sleep(withinMs)]);
      // A query under way ends with its connection.
      await Promise.race([disconnect(), sleep(500)]);
      return pendingBytes() === 0;
    },
  };
}

/** The rows are at fault and not the way to them (SQLSTATE classes 22, data exception, and 23, integrity). */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
