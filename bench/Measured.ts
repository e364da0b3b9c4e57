/** A server under load: of one slice, or of many slices the medians, with the sum of calls, failures and seconds. */
export interface Measured {
  readonly calls: number;
  readonly failed: number;
  /** How the first of them failed. */
  readonly firstFailure: string;
  readonly seconds: number;
  readonly callsPerSecond: number;
  /** CPU time of all the server's processes for each call. */
  readonly serverMicroseconds: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** When the measured part began, and when it ended: of many slices of the first and of the last. */
  readonly megabytesBefore: number;
  readonly serverMegabytes: number;
  /** Of a load that went on meanwhile; 0 where there was none. */
  readonly besideRowsPerSecond: number;
  /** How long each promotion took that was made meanwhile. */
  readonly swapsMs: readonly number[];
}
