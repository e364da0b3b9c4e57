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
  warmUpSeconds: z.number(),
  seconds: z.number(),
});
export type LoadJob = z.output<typeof loadJobSchema>;

/** What it answers on stdout; also a line "measuring" before the measured part and nothing else. */
export const loadResultSchema = z.object({
  calls: z.number(),
  failed: z.number(),
  /** gRPC status and message of the first failure. */
  firstFailure: z.string(),
  seconds: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
});
export type LoadResult = z.output<typeof loadResultSchema>;

/** What rawRuntime.ts answers on stdout. */
export const rawResultSchema = z.object({
  latenciesMs: z.array(z.number()),
  seconds: z.number(),
  cpuSeconds: z.number(),
  megabytes: z.number(),
});
export type RawResult = z.output<typeof rawResultSchema>;
