import { HoldfastError } from '../HoldfastError.ts';

// The streams of a server that are under way, so that those that outlast its drain end with a word of how far they got, and
// not with a broken connection.

export interface OpenStream {
  /** How many messages were answered. */
  readonly answered: number;
  /** Ends the stream with an error. */
  cut(error: HoldfastError): void;
}

export class OpenStreams {
  readonly #open = new Set<OpenStream>();

  /** @returns to be called at its end */
  add(stream: OpenStream): () => void {
    this.#open.add(stream);
    return () => void this.#open.delete(stream);
  }

  /** @returns how many there were */
  cutAll(drainMs: number): number {
    const count = this.#open.size;
    for (const stream of this.#open) stream.cut(outlasted(stream.answered, drainMs));
    return count;
  }
}

const outlasted = (answered: number, drainMs: number): HoldfastError =>
  new HoldfastError(
    'unavailable',
    `The server ends, and this stream did not within ${drainMs / 1000} s: ${answered} ${answered === 1 ? 'message was' : 'messages were'} answered. Open another stream for the rest.`,
  );
