import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Answers, type Calls, ExchangeServiceService } from '../../../proto/gen/holdfast/v1/exchange.ts';
import { type BoundService, bindService } from '../bindService.ts';
import type { CallContext } from '../CallContext.ts';
import type { UnaryHandler } from '../ServerCall.ts';
import { readCalls } from './readCalls.ts';
import { Underway } from './Underway.ts';

// The server's side of proto/holdfast/v1/exchange.proto: a call that comes within a stream goes to the very handler that it would go
// to by itself, guard, observers and all. Nothing here knows a method, or decides anything about a call.

export interface Exchange {
  readonly service: BoundService;
  /** Every client is asked to end its side. */
  readonly drain: () => void;
}

/** @param handlers by path, asked when a call comes */
export function createExchange(handlers: ReadonlyMap<string, UnaryHandler>): Exchange {
  const draining = new AbortController();
  const definition = { exchange: { ...ExchangeServiceService.exchange, requestDeserialize: readCalls } };
  const service = bindService(definition, {
    exchange: (calls, context) =>
      answerAll(calls, context, new Underway(handlers, context.peer), draining.signal),
  });
  return { service, drain: () => draining.abort() };
}

async function* answerAll(
  calls: AsyncIterable<Calls>,
  context: CallContext,
  underway: Underway,
  draining: AbortSignal,
): AsyncGenerator<Answers> {
  const wake = (): void => underway.changed();
  const giveUp = (): void => underway.giveUp();
  draining.addEventListener('abort', wake);
  context.signal.addEventListener('abort', giveUp);
  const reading = underway.read(calls);
  // Heard where it is awaited, below; until then nobody must miss it.
  reading.catch(() => undefined);
  let isTold = false;
  try {
    yield { answers: [], draining: false };
    while (!context.cancelled) {
      const answers = underway.take();
      const tells: boolean = draining.aborted && !isTold;
      if (answers.length > 0 || tells) {
        yield { answers, draining: tells };
        isTold ||= tells;
      } else if (underway.isOver) {
        // Told where it failed.
        await reading;
        break;
      } else {
        await underway.change();
        // Those of one turn go out together.
        await nextTurn();
      }
    }
  } finally {
    draining.removeEventListener('abort', wake);
    context.signal.removeEventListener('abort', giveUp);
    underway.giveUp();
  }
}
