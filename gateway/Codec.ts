import type { IncomingHttpHeaders } from 'node:http';
import type { Registry } from '@bufbuild/protobuf';
import type { HoldfastError } from '../platform/HoldfastError.ts';
import type { Route } from './readRoutes.ts';

// How the messages of a proto package look over HTTP. Everything else about a call (its route, its limits, the server behind, who
// may, how it ends) is the same for all packages, so that a protocol with a JSON of its own brings a codec and no route.

export interface HttpInput {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Empty where the request has no body. */
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** The answer to a unary call, or one message of a stream. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly text: string;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'body';
      readonly contentType: string;
      readonly data: Buffer;
      readonly headers: Readonly<Record<string, string>>;
    };

export interface HttpCall {
  /** The request message's bytes. */
  readonly message: Buffer;
  /** A response, given by its bytes, in the form that this request asked for. */
  readonly answer: (response: Buffer) => Answer;
}

export interface Codec {
  /** Whose services' messages it reads and writes; null: of all that have none. */
  readonly packageName: string | null;
  /** What the package's paths begin with: what goes wrong below it is told in the codec's form. */
  readonly prefix: string;
  /** The content type of its requests' bodies; `*`: any, or none. */
  readonly contentType: string;
  /** @throws HoldfastError invalidArgument with the path to the fault and what was expected */
  read(route: Route, input: HttpInput, registry: Registry): HttpCall;
  errorBody(error: HoldfastError): object;
}
