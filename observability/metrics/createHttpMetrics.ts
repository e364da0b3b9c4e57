import { Buckets, LATENCY_BOUNDS_S } from './Buckets.ts';
import type { Metrics } from './createMetrics.ts';

// `http_server_request_duration_seconds`, with the labels of OpenTelemetry's semantic conventions; the status is a label of the
// histogram, so that its count is that of answered requests. A route is told by its template, never by the path that came.

export interface HttpMetrics {
  begun(): void;
  /** @param route its template; `unmatched` where there was none */
  ended(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }): void;
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Observed {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: Buckets;
}

export function createHttpMetrics(metrics: Metrics): HttpMetrics {
  const observed = new Map<string, Observed>();
  let active = 0;
  metrics.histogram(
    {
      name: 'http_server_request_duration_seconds',
      help: 'Time from a request being read to the end of its answer, by method, route and status.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    },
    () => observed.values(),
  );
  metrics.gauge({ name: 'http_server_active_requests', help: 'Requests that are being answered.' }, () => [
    { labels: {}, value: active },
  ]);
  return {
    begun: () => {
      active++;
    },
    ended: ({ method, route, status, ms }) => {
      active--;
      const verb = methods.has(method) ? method : '_OTHER';
      const key = `${verb} ${status} ${route}`;
      let at = observed.get(key);
      if (at === undefined) {
        const labels = {
          http_request_method: verb,
          http_route: route,
          http_response_status_code: String(status),
        };
        at = { labels, buckets: new Buckets(LATENCY_BOUNDS_S) };
        observed.set(key, at);
      }
      at.buckets.observe(ms / 1000);
    },
  };
}
