import { z } from 'zod';

/** What a load generator does, as JSON in its first argument. */
export const loadJobSchema = z.object({
  port: z.number(),
  path: z.string(),
  /** Presented with every call. */
  apiKey: z.string(),
  /** Messages, each after its length in 4 bytes, big-endian. */
  bodiesFile: z.string(),
  inFlight: z.number(),
  connections: z.number(),
});
export type LoadJob = z.output<typeof loadJobSchema>;

/** For how long it does it, as JSON in a line of stdin. */
export const loadSliceSchema = z.object({ warmUpSeconds: z.number(), seconds: z.number() });
export type LoadSlice = z.output<typeof loadSliceSchema>;

/** What it answers on stdout, after the lines "measuring" and "measured". */
export const loadResultSchema = z.object({
  calls: z.number(),
  /** Of all, also of those before and after the measured part. */
  failed: z.number(),
  /** gRPC status and message of the first failure. */
  firstFailure: z.string(),
  seconds: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
});
export type LoadResult = z.output<typeof loadResultSchema>;

/** What rawRuntime.ts runs, as JSON in its first argument. */
export const rawJobSchema = z.object({ model: z.string(), bodiesFile: z.string() });
export type RawJob = z.output<typeof rawJobSchema>;
