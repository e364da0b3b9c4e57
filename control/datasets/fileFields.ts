import { z } from 'zod';
import { MAXIMUM_FILE_BYTES } from '../../platform/maximumFileBytes.ts';

/** What the requests that send a table have in common. */
export const fileFields = {
  content: z
    .instanceof(Uint8Array)
    .refine(
      ({ length }) => length <= MAXIMUM_FILE_BYTES,
      `expected at most ${MAXIMUM_FILE_BYTES} bytes; send a larger file in pieces, by holdfast.v1.FileService/Send`,
    ),
  digest: z.string(),
  fileName: z.string().max(200, 'expected at most 200 characters'),
};
