import { z } from 'zod';

/** What a bench says of a server under load, of whose calls none may fail. */
export const measured = z.object({
  calls: z.number().int().positive(),
  failed: z.literal(0),
  callsPerSecond: z.number().positive(),
  serverMicroseconds: z.number().positive(),
  serverMegabytes: z.number().min(50),
  p50Ms: z.number().positive(),
  p95Ms: z.number().positive(),
  p99Ms: z.number().positive(),
});
