import { z } from 'zod';

const measured = z.object({
  calls: z.number().int().positive(),
  failed: z.literal(0),
  callsPerSecond: z.number().positive(),
  // Linux counts hundredths of a second, and a slice of a starved server may have none.
  serverMicroseconds: z.number().min(0),
  serverMegabytes: z.number().min(50),
  p50Ms: z.number().positive(),
  p95Ms: z.number().positive(),
  p99Ms: z.number().positive(),
  besideRowsPerSecond: z.number().min(0),
  swapsMs: z.array(z.number().positive()),
});
const spread = z.object({ median: z.number(), lower: z.number(), upper: z.number() });

/** What a bench says of a side that was loaded in rounds, of whose calls none may fail. */
export const lineOfRounds = {
  side: z.string(),
  measured,
  toFirst: z.object({ rate: spread, cpu: spread, p50: spread, p99: spread, p50AddedMs: spread }).nullable(),
  rounds: z.array(measured),
};
