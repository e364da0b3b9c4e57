import { createFileSource } from './createFileSource.ts';
import { ingestSource, type IngestResult, type IngestSourceInput } from './ingestSource.ts';

export interface IngestFileInput extends Omit<IngestSourceInput, 'source'> {
  readonly path: string;
  /** How messages name the file; default: its path. */
  readonly shownAs?: string;
}

/** The same for a file. */
export const ingestFile = ({ path, shownAs, ...rest }: IngestFileInput): Promise<IngestResult> =>
  ingestSource({ ...rest, source: createFileSource(path, shownAs) });
