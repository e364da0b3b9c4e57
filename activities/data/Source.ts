/** Where a table comes from. Whatever its kind, its bytes are read once, into a private copy that is digested on the way. */
export interface Source {
  /** For people; holds no secret. */
  readonly shownAs: string;
  /**
   * The bytes of a CSV or Parquet file. Leaving the loop early ends the transfer.
   * @throws HoldfastError that says why the source cannot be read; what `signal` was aborted with
   */
  read(signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
}
