import { status } from '@grpc/grpc-js';
import type { CallContext } from './CallContext.ts';
import type { CallObserver } from './CallObserver.ts';

// One line for a share of the calls: what was called, how it ended, how long it took. Nothing of what was sent or answered.

const OK: number = status.OK;

export interface AccessLogOptions {
  readonly logger: {
    info(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  /** Of the calls that succeed, from 0 to 1; evenly spaced. Those that fail are also told at the level debug, each. */
  readonly share: number;
}

export function createAccessLog({ logger, share }: AccessLogOptions): CallObserver {
  let due = 0;
  return {
    observe: ({ service, method }) => {
      const path = `${service}/${method}`;
      return (code, ms, context) => {
        due += share;
        const sampled = due >= 1;
        if (sampled) due -= 1;
        if (!sampled && code === OK) return;
        const fields = {
          method: path,
          code: status[code] ?? code,
          ms: Math.round(ms * 1000) / 1000,
          rows: context.rows,
          requestId: requestIdOf(context),
        };
        if (sampled) logger.info(fields, 'A call was answered.');
        else logger.debug(fields, 'A call failed.');
      };
    },
  };
}

/** What the caller or a proxy named the call, where it looks like an id. */
function requestIdOf({ metadata }: CallContext): string | undefined {
  const [id] = metadata.get('x-request-id');
  return typeof id === 'string' && /^[\w.:-]{1,64}$/.test(id) ? id : undefined;
}
