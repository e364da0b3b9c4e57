import { Readable } from 'node:stream';
import { HoldfastError } from '../platform/HoldfastError.ts';

// A stream of JSON texts as an HTTP body: a text a line (NDJSON), or server-sent events. While nothing happens a sign of life goes
// out, so that no proxy takes the silence for an end, and a caller that is gone is found.

export interface StreamForm {
  readonly contentType: string;
  readonly message: (json: string) => string;
  readonly failure: (json: string) => string;
  /** Says that nothing is lacking; '' where the end of the body says it. */
  readonly end: string;
  readonly alive: string;
}

/** A reader passes over an empty line. */
const lines: StreamForm = {
  contentType: 'application/x-ndjson',
  message: json => `${json}\n`,
  failure: json => `${json}\n`,
  end: '',
  alive: '\n',
};

/** A browser's EventSource asks again when a stream ends, unless it is closed: `end` tells it to. */
const events: StreamForm = {
  contentType: 'text/event-stream; charset=utf-8',
  message: json => `data: ${json}\n\n`,
  failure: json => `event: error\ndata: ${json}\n\n`,
  end: 'event: end\ndata: {}\n\n',
  alive: ': alive\n\n',
};

export const formOf = (accept: string | undefined): StreamForm =>
  accept !== undefined && /\btext\/event-stream\b/i.test(accept) ? events : lines;

/**
 * @param messages from the first, which has come already, on
 * @param toErrorText what a stream that fails ends with, for its HTTP status has gone out
 */
export function streamAnswers(
  messages: AsyncIterable<string>,
  form: StreamForm,
  {
    aliveMs,
    toErrorText,
  }: { readonly aliveMs: number; readonly toErrorText: (error: HoldfastError) => string },
): Readable {
  let resume: (() => void) | undefined;
  const body = new Readable({ read: () => resume?.(), objectMode: false });
  // Held up while the caller does not read.
  const drained = (): Promise<void> =>
    new Promise(resolve => {
      resume = resolve;
      body.once('close', resolve);
    });
  const timer = setInterval(() => body.push(form.alive), aliveMs);
  body.once('close', () => clearInterval(timer));
  const write = async (): Promise<void> => {
    try {
      for await (const json of messages) {
        if (body.destroyed) return;
        timer.refresh();
        if (!body.push(form.message(json))) await drained();
      }
      if (form.end !== '') body.push(form.end);
    } catch (error) {
      if (body.destroyed) return;
      if (!(error instanceof HoldfastError))
        return void body.destroy(error instanceof Error ? error : undefined);
      body.push(form.failure(toErrorText(error)));
    }
    body.push(null);
  };
  void write();
  return body;
}
