import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

// A receiver of OTLP over HTTP, as an OpenTelemetry collector is one: it keeps the spans that processes send.

const attribute = z.object({
  key: z.string(),
  value: z.looseObject({ stringValue: z.string().optional(), intValue: z.coerce.number().optional() }),
});
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.looseObject({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.bigint(),
              endTimeUnixNano: z.coerce.bigint(),
              attributes: z.array(attribute),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface ReceivedSpan {
  /** As `holdfast-gateway`. */
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: ReadonlyMap<string, string | number | undefined>;
}

export interface Collector {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** What came in the header `authorization`. */
  readonly authorizations: ReadonlySet<string | undefined>;
}

export async function withCollector<T>(test: (collector: Collector) => Promise<T>): Promise<T> {
  const spans: ReceivedSpan[] = [];
  const authorizations = new Set<string | undefined>();
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    authorizations.add(request.headers.authorization);
    const body = await text(request);
    const known = request.method === 'POST' && request.url === '/v1/traces';
    if (known) spans.push(...read(body));
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    return await test({ endpoint: `http://127.0.0.1:${port}`, spans, authorizations });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const read = (body: string): ReceivedSpan[] =>
  requestSchema.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(scope => scope.spans)
      .map(({ name, traceId, spanId, parentSpanId = '', attributes }) => ({
        service: String(valuesOf(resource.attributes).get('service.name')),
        name,
        traceId,
        spanId,
        parentSpanId,
        attributes: valuesOf(attributes),
      })),
  );

const valuesOf = (attributes: z.output<typeof attribute>[]): Map<string, string | number | undefined> =>
  new Map(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
