import { HoldfastError } from '../../HoldfastError.ts';
import type { CallMetadata } from '../ServerCall.ts';

/** The metadata of a call that came within a stream: texts, of the characters that headers may have. */
export class CarriedMetadata implements CallMetadata {
  readonly #texts: Readonly<Record<string, string>>;

  /** @param path of the call, for the message. @throws HoldfastError invalidArgument for what no header could be */
  constructor(path: string, texts: Readonly<Record<string, string>>) {
    for (const name of Object.keys(texts))
      if (!/^[0-9a-z_.-]+$/.test(name) || name.endsWith('-bin') || !/^[ -~]*$/.test(texts[name]))
        throw new HoldfastError(
          'invalidArgument',
          `The metadata ${JSON.stringify(name)} of the call to ${path} cannot be taken. Expected names in lower case and values of plain ASCII.`,
        );
    this.#texts = texts;
  }

  get(name: string): readonly string[] {
    return Object.hasOwn(this.#texts, name) ? [this.#texts[name]] : none;
  }

  names(): readonly string[] {
    return Object.keys(this.#texts);
  }
}

const none: readonly string[] = [];
