import { z } from 'zod';

/** What a measured process of either side writes as the last line of its stdout. */
export const sideResultSchema = z.object({
  /** From after the imports to the last answer. */
  seconds: z.number(),
  /** Of all its threads and processes, in the same time. */
  cpuSeconds: z.number(),
  /** The largest resident set; of several processes the sum of each one's largest. */
  peakMegabytes: z.number(),
  /** The resident set after the imports, before any data; of several processes of all. */
  idleMegabytes: z.number(),
  fits: z.array(z.object({ name: z.string(), seconds: z.number(), rocAuc: z.number() })),
});

export type SideResult = z.infer<typeof sideResultSchema>;
