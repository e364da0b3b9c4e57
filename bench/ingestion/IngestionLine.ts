import { z } from 'zod';

/** What the process that ingested once says of itself on its stdout. */
export const ingestedOnce = z.object({
  rows: z.number().int(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  /** The resident set before the file is opened. */
  idleMegabytes: z.number(),
  peakMegabytes: z.number(),
  /** Of the table's artifact: what the rows are in the end. */
  tableMegabytes: z.number(),
});

export type IngestedOnce = z.infer<typeof ingestedOnce>;

/** One line of the table and one element of the JSON. */
export interface IngestionLine extends IngestedOnce {
  /** By how much the peak is above that of the line before, for each row more; null in the first line. */
  readonly addedBytesPerRow: number | null;
  readonly tableBytesPerRow: number;
}
