import { Buckets, LATENCY_BOUNDS_S } from './Buckets.ts';
import type { Metrics } from './createMetrics.ts';

// `grpc_server_handling_seconds`, with the labels and words of go-grpc-middleware, which dashboards know; the code is a label of
// the histogram, so that its count is that of handled calls. What names no method is not among
// them.

export interface ObservedMethod {
  /** As `holdfast.v1.PredictionService`. */
  readonly service: string;
  readonly method: string;
  readonly type: 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream';
}

const CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

const UNKNOWN = 2;

/** Asked once a method; what it returns is told of the end of each call of it. */
export function createCallMetrics(metrics: Metrics): {
  observe(method: ObservedMethod): (code: number, ms: number) => void;
} {
  const observed: { readonly method: ObservedMethod; readonly byCode: (Buckets | undefined)[] }[] = [];
  metrics.histogram(
    {
      name: 'grpc_server_handling_seconds',
      help: 'Time from a call being read to its status, by method and status code.',
      labelNames: ['grpc_type', 'grpc_service', 'grpc_method', 'grpc_code'],
    },
    function* () {
      for (const { method, byCode } of observed)
        for (const [code, buckets] of byCode.entries())
          if (buckets !== undefined)
            yield {
              labels: {
                grpc_type: method.type,
                grpc_service: method.service,
                grpc_method: method.method,
                grpc_code: CODES[code],
              },
              buckets,
            };
    },
  );
  return {
    observe: method => {
      // That of success is there before the first call.
      const byCode: (Buckets | undefined)[] = [new Buckets(LATENCY_BOUNDS_S)];
      observed.push({ method, byCode });
      return (code, ms) => {
        const known = code in CODES ? code : UNKNOWN;
        (byCode[known] ??= new Buckets(LATENCY_BOUNDS_S)).observe(ms / 1000);
      };
    },
  };
}
