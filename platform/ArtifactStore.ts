// Files named by the SHA-256 of their content: written whole or not at all, never changed. The one way by which models,
// tables and fold results pass between processes. Behind this interface a local folder today, an S3-compatible store later.

export interface ArtifactStore {
  /** Stores the bytes and answers their SHA-256 (64 lower-case hexadecimal digits). Storing the same bytes again is harmless. */
  put(bytes: Uint8Array): Promise<string>;
  /** Stores what the chunks make up, without holding it in memory: they are asked for twice, and have to be the same both times. */
  putChunks(chunks: () => Iterable<Uint8Array>): Promise<string>;
  /** Stores a file's content without holding it in memory. */
  putFile(path: string): Promise<string>;
  /**
   * Stores a stream of bytes of which digest and size were said before, without holding it in memory. What is there already is
   * not read from the stream.
   * @throws HoldfastError invalidArgument where it has another digest; resourceExhausted where there is no room. Nothing is kept then
   */
  putStream(
    digest: string,
    sizeBytes: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly existed: boolean }>;
  /** @throws HoldfastError notFound; internal where the content no longer matches its name. */
  get(digest: string): Promise<Uint8Array>;
  /** A local path to read the content from; must not be changed. @throws HoldfastError notFound. */
  path(digest: string): Promise<string>;
  has(digest: string): Promise<boolean>;
}
