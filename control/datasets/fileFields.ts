import { z } from 'zod';
import { MAXIMUM_FILE_BYTES } from '../../platform/maximumFileBytes.ts';

/** What the requests that send a table have in common. @param least bytes of it */
export const fileFields = (least: number) => ({
  content: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length >= least, 'expected a CSV or Parquet file')
    .refine(
      ({ length }) => length <= MAXIMUM_FILE_BYTES,
      `expected at most ${MAXIMUM_FILE_BYTES} bytes; put a larger file where the workers can read it, and ingest it from there`,
    ),
  fileName: z.string().max(200, 'expected at most 200 characters'),
});
