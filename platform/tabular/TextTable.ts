// A table as it was written: every value as text, rows in the file's order. What the text means is the definition's to say.

export interface TextBatch {
  /** The header's names, the same in every batch. */
  readonly columns: readonly string[];
  /** Number of the batch's first row: 1-based, the header and blank lines not counted. */
  readonly firstRow: number;
  /** One list of fields a row; a ragged row has more or fewer than there are columns. Empty text is an absent value. */
  readonly records: readonly (readonly string[])[];
}

export interface ReadOptions {
  /** How messages name the file, where it is read from another place than the user's. */
  readonly shownAs?: string;
  readonly signal?: AbortSignal;
}
