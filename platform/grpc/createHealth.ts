import { HoldfastError } from '../HoldfastError.ts';
import {
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '../../proto/gen/grpc/health/v1/health.ts';
import { type BoundService, bindService } from './bindService.ts';
import type { CallContext } from './CallContext.ts';

// grpc.health.v1: the status of each service of a server, and of the whole under the empty name. Its watches end when the
// server closes, so that a watching load balancer does not hold up the drain.

export interface Health {
  readonly service: BoundService;
  /** One service, or all of them and the whole. */
  readonly setServing: (serving: boolean, service?: string) => void;
  /** Everything NOT_SERVING, and every watch ends. */
  readonly close: () => void;
}

/** @param names the services whose status is kept; they begin NOT_SERVING. */
export function createHealth(names: readonly string[]): Health {
  const statuses = new Map<string, ServingStatus>(
    ['', ...names].map(name => [name, ServingStatus.NOT_SERVING]),
  );
  const listeners = new Set<() => void>();
  let closed = false;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const setServing = (serving: boolean, service?: string): void => {
    if (closed) return;
    const status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    for (const name of service === undefined ? statuses.keys() : [service]) statuses.set(name, status);
    changed();
  };

  async function* watch(name: string, context: CallContext): AsyncGenerator<HealthCheckResponse> {
    let wake: (() => void) | null = null;
    const listener = (): void => wake?.();
    listeners.add(listener);
    context.signal.addEventListener('abort', listener);
    try {
      for (let last: ServingStatus | null = null; !context.cancelled; ) {
        const change = new Promise<void>(resolve => {
          wake = resolve;
        });
        const status = statuses.get(name) ?? ServingStatus.SERVICE_UNKNOWN;
        if (status !== last) yield { status };
        last = status;
        if (closed) return;
        // A change during the yield has resolved `change` already.
        if (!context.cancelled) await change;
      }
    } finally {
      listeners.delete(listener);
    }
  }

  const service = bindService(HealthService, {
    check: async ({ service: name }) => {
      const status = statuses.get(name);
      if (status !== undefined) return { status };
      throw new HoldfastError(
        'notFound',
        `This server has no service ${JSON.stringify(name)}. It has ${names.join(', ')}; leave the name empty to ask for the whole server.`,
      );
    },
    watch: ({ service: name }, context) => watch(name, context),
    list: async () => ({
      statuses: Object.fromEntries([...statuses].map(([name, status]) => [name, { status }])),
    }),
  });

  const close = (): void => {
    setServing(false);
    closed = true;
    changed();
  };
  return { service, setServing, close };
}
