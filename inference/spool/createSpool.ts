import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '../../observability/createLogger.ts';
import { createTurn } from '../../platform/createTurn.ts';
import { fileError } from '../../platform/lifecycle/fileError.ts';
import { encodeFrame } from './frames.ts';
import { encodeCalls, type PredictedCall } from './PredictedCall.ts';
import { createUnkeptCount } from './createUnkeptCount.ts';
import { DOUBT_AFTER_MS, ownerFile, RENEW_EVERY_MS, writeOwner } from './SpoolOwner.ts';

// What a process answered, on its disk before anybody is told, until PostgreSQL has it. Calls that end in the same turn of the
// event loop are written together, as one frame. Whoever appends waits for the write, so that a killed process loses nothing
// that it answered; whether also for the disk (`always`) is a setting, and without it the disk follows now and then. Where the
// disk or the bound is full, predictions go on: what is not kept is counted and said. The spool never asks PostgreSQL.

/** After every write before anybody is told; every so many milliseconds; or whenever the system likes. */
export type FsyncPolicy = 'always' | 'never' | number;

export interface SpoolOptions {
  /** Of this process alone; made here. */
  readonly folder: string;
  readonly fsync: FsyncPolicy;
  readonly maximumBytes: number;
  /** Default 16 MiB. */
  readonly segmentBytes?: number;
  readonly logger: Logger;
}

/** A file of frames, and how much of it is whole. */
export interface Segment {
  readonly path: string;
  bytes: number;
  /** Nothing more is written to it. */
  sealed: boolean;
}

export interface Spool {
  readonly folder: string;
  /** Resolves when the call is written (`always`: on the disk). @returns false where it could not be kept */
  append(call: PredictedCall): Promise<boolean>;
  /** Oldest first. What was taken from other spools is not among them. */
  segments(): readonly Segment[];
  /** Seals what is being written, so that it can be removed once it is read. */
  seal(): void;
  /** Removes a sealed segment that PostgreSQL has. */
  remove(segment: Segment): void;
  /** Predictions that could not be kept since the start. */
  unkept(): number;
  /** Returns when everything that was appended is written. */
  flush(): Promise<void>;
  /** Ends. @param empty whether the folder goes too, for PostgreSQL has everything */
  close(empty: boolean): Promise<void>;
}

const syncData = promisify(fdatasync);
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

export function createSpool(options: SpoolOptions): Spool {
  const { folder, fsync, maximumBytes, segmentBytes = DEFAULT_SEGMENT_BYTES, logger } = options;
  const unkept = createUnkeptCount(logger);
  const segments: Segment[] = [];
  let number = 0;
  let open: { readonly segment: Segment; readonly file: number } | null = null;
  /** Files with writes that the disk may not have yet; a sealed one is closed when it has them. */
  const unsynced = new Set<number>();
  const toClose = new Set<number>();
  let waiting: PredictedCall[] = [];
  let group = Promise.withResolvers<boolean>();
  let committing: Promise<void> | null = null;
  let renewedAt = performance.now();

  makeFolder();
  const renewing = setInterval(renew, RENEW_EVERY_MS);
  const syncing =
    typeof fsync === 'number' ? setInterval(() => void sync().catch(syncFailed), fsync) : undefined;
  renewing.unref();
  syncing?.unref();

  function makeFolder(): void {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeOwner(folder);
    } catch (error) {
      throw fileError(error, folder);
    }
  }

  function renew(): void {
    const now = new Date();
    try {
      utimesSync(ownerFile(folder), now, now);
      renewedAt = performance.now();
    } catch (error) {
      logger.warn({ err: error, folder }, 'The spool cannot be marked as in use.');
    }
  }

  /**
   * A process that stood still for long may have been taken for dead, and its folder by another process, which has or will
   * ship what is in it: then a new one begins.
   */
  function assertOwn(): void {
    if (performance.now() - renewedAt < DOUBT_AFTER_MS) return;
    if (statSync(ownerFile(folder), { throwIfNoEntry: false }) === undefined) {
      logger.warn({ folder }, 'Another process took the spool over; a new one begins.');
      abandon();
      makeFolder();
    }
    renew();
  }

  function abandon(): void {
    seal();
    segments.length = 0;
  }

  const storedBytes = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);

  function seal(): void {
    if (open === null) return;
    const { segment, file } = open;
    segment.sealed = true;
    open = null;
    if (fsync === 'never') return closeSync(file);
    // Not closed at once: the disk may be at work on it just now.
    unsynced.add(file);
    toClose.add(file);
  }

  function openSegment(): { readonly segment: Segment; readonly file: number } {
    number++;
    const path = join(folder, `${String(number).padStart(8, '0')}.seg`);
    const file = openSync(path, 'wx', 0o600);
    const segment: Segment = { path, bytes: 0, sealed: false };
    segments.push(segment);
    open = { segment, file };
    if (fsync === 'always') syncFolder();
    return open;
  }

  /** Else the name of a new segment may be lost with the power, and its content with it. */
  function syncFolder(): void {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  /** @returns whether it is in the file as a whole */
  function write(frame: Buffer): boolean {
    if (storedBytes() + frame.length > maximumBytes) return false;
    assertOwn();
    if (open !== null && open.segment.bytes + frame.length > segmentBytes) seal();
    const { segment, file } = open ?? openSegment();
    let written = 0;
    try {
      while (written < frame.length)
        written += writeSync(file, frame, written, frame.length - written, segment.bytes + written);
    } catch (error) {
      // Half a frame would hide what is written after it.
      if (written > 0) ftruncateSync(file, segment.bytes);
      throw error;
    }
    segment.bytes += frame.length;
    if (fsync !== 'never') unsynced.add(file);
    return true;
  }

  const inTurn = createTurn();
  /** Has the disk take everything that was written before it was asked for. */
  const sync = (): Promise<void> => inTurn(syncAll);

  async function syncAll(): Promise<void> {
    for (const file of Array.from(unsynced)) {
      // Before the disk is asked: what is written meanwhile may not be among what it takes.
      unsynced.delete(file);
      try {
        await syncData(file);
      } catch (error) {
        unsynced.add(file);
        throw error;
      }
      if (!unsynced.has(file) && toClose.delete(file)) closeSync(file);
    }
  }

  const syncFailed = (error: unknown): void =>
    logger.error({ err: error, folder }, 'The spool could not be brought to the disk.');

  /** Group after group: what comes while the disk works makes the next one. */
  async function commit(): Promise<void> {
    while (waiting.length > 0) {
      const calls = waiting;
      const { resolve } = group;
      waiting = [];
      group = Promise.withResolvers();
      let kept = false;
      try {
        kept = write(encodeFrame(encodeCalls(calls)));
        if (kept && fsync === 'always') await sync();
        if (!kept) unkept.add(calls, 'the spool is as large as it may be');
      } catch (error) {
        kept = false;
        unkept.add(calls, error instanceof Error ? error.message : String(error));
      }
      resolve(kept);
      if (kept) unkept.keptAgain();
    }
    // In the same turn as the look at what waits: whoever appends from now on begins anew.
    committing = null;
  }

  async function flush(): Promise<void> {
    for (let under = committing; under !== null; under = committing) await under;
  }

  return {
    folder,
    append: call => {
      waiting.push(call);
      const { promise } = group;
      if (committing === null) {
        const { promise: turn, resolve } = Promise.withResolvers<void>();
        setImmediate(resolve);
        committing = turn.then(commit);
      }
      return promise;
    },
    segments: () => segments.slice(),
    seal,
    remove: segment => {
      segments.splice(segments.indexOf(segment), 1);
      rmSync(segment.path, { force: true });
    },
    unkept: unkept.total,
    flush,
    close: async empty => {
      await flush();
      clearInterval(renewing);
      clearInterval(syncing);
      seal();
      await sync().catch(syncFailed);
      if (empty) rmSync(folder, { recursive: true, force: true });
    },
  };
}
