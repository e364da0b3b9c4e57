import type { IncomingHttpHeaders } from 'node:http2';
import type { CallMetadata } from '../ServerCall.ts';

/** The metadata of a call, read out of its headers where somebody asks: of most calls nobody asks for most of them. */
export class HeaderMetadata implements CallMetadata {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): readonly (string | Buffer)[] {
    const given = this.#headers[name];
    if (given === undefined) return none;
    const values = typeof given === 'string' ? [given] : given;
    if (!name.endsWith('-bin')) return values;
    return values.flatMap(value => value.split(',').map(part => Buffer.from(part.trim(), 'base64')));
  }

  names(): readonly string[] {
    return Object.keys(this.#headers).filter(name => !name.startsWith(':'));
  }
}

const none: readonly string[] = [];
