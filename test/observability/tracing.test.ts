import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { freePorts } from '../support/freePorts.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { startProcess, type StartedProcess } from '../support/startProcess.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { testTemporal } from '../support/testTemporal.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type Collector, type ReceivedSpan, withCollector } from '../support/withCollector.ts';
import { withInference } from '../support/withInference.ts';

// The real processes and a receiver of OTLP: what one request does in all of them is one trace.

const CALLER = '00f067aa0ba902b7';
const caller = { 'content-type': 'application/json', 'x-api-key': TEST_KEY };

async function post(url: string, traceId: string, body: object): Promise<unknown> {
  const headers = { ...caller, traceparent: `00-${traceId}-${CALLER}-01` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

const spansOf = ({ spans }: Collector, traceId: string): ReceivedSpan[] =>
  spans.filter(span => span.traceId === traceId);

const isNamed = (name: string) => (span: ReceivedSpan) => span.name === name;

describe('traces', () => {
  it('go from the caller through the gateway into inference, whose log lines name them', () =>
    withCollector(async collector =>
      withInference(async world => {
        await world.register(smallModel());
        await world.promote(1);
        const [http, port] = await freePorts(2);
        const environment = {
          HOLDFAST_HTTP_PORT: String(http),
          HOLDFAST_INFERENCE_PORT: String(port),
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
          OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YWRh,x-other=1',
          HOLDFAST_TRACE_SAMPLE: '0',
        };
        const inference = await startProcess('inference', {
          ...environment,
          HOLDFAST_HOME: world.home,
          DATABASE_URL: world.databaseUrl,
          HOLDFAST_ACCESS_LOG_SAMPLE: '1',
        });
        const started: StartedProcess[] = [inference, await startProcess('gateway', environment)];
        const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
        try {
          const body = { instances: [goodInstance, goodInstance] };
          const url = `http://127.0.0.1:${http}/v1/models/churn:predict`;
          await post(url, traceId, body);
          // Nobody's trace, and none is begun.
          const untraced = await fetch(url, { method: 'POST', headers: caller, body: JSON.stringify(body) });
          assert.equal(untraced.status, 200);
        } finally {
          for (const each of started) await each.kill('SIGTERM');
        }
        const found = spansOf(collector, traceId);
        assert.deepEqual(found.map(({ service, name }) => `${service}: ${name}`).toSorted(), [
          'holdfast-gateway: POST /v1/models/{model}:predict',
          'holdfast-inference: holdfast.v1.PredictionService/Predict',
        ]);
        const [request, call] = found.toSorted((one, two) => (one.service < two.service ? -1 : 1));
        assert.equal(request.parentSpanId, CALLER);
        assert.equal(request.attributes.get('http.response.status_code'), 200);
        assert.equal(call.parentSpanId, request.spanId);
        assert.deepEqual(
          [call.attributes.get('rpc.grpc.status_code'), call.attributes.get('holdfast.rows')],
          [0, 2],
        );
        assert.ok(collector.spans.every(span => span.traceId === traceId));
        assert.deepEqual([...collector.authorizations], ['Basic YWRh']);
        const lines = inference.log.filter(({ msg }) => msg === 'A call was answered.');
        assert.ok(
          lines.some(line => line.trace_id === traceId && line.span_id === call.spanId),
          JSON.stringify(lines),
        );
      }),
    ));

  it('go from the caller through control into the workflow’s activities', async function through() {
    const temporal = await testTemporal(this);
    await withCollector(async collector =>
      withInference(async ({ home, databaseUrl }) => {
        const [http, port] = await freePorts(2);
        const environment = {
          HOLDFAST_HOME: home,
          HOLDFAST_HTTP_PORT: String(http),
          HOLDFAST_CONTROL_PORT: String(port),
          DATABASE_URL: databaseUrl,
          TEMPORAL_ADDRESS: temporal.address,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        };
        const started: StartedProcess[] = [];
        const traceId = '0af7651916cd43dd8448eb211c80319c';
        try {
          for (const name of ['control', 'worker', 'gateway'])
            started.push(await startProcess(name, environment));
          const data = join(home, 'broken.csv');
          await writeFile(data, 'customerID,tenure\n1,2\n');
          const answer = await post(`http://127.0.0.1:${http}/v1/datasets:ingest`, traceId, {
            model: 'churn',
            data,
          });
          assert.match(z.looseObject({ id: z.string() }).parse(answer).id, /./);
          await waitUntil('an activity', () =>
            spansOf(collector, traceId).some(({ name }) => name.startsWith('RunActivity:')),
          );
        } finally {
          for (const each of started) await each.kill('SIGTERM');
        }
        const found = spansOf(collector, traceId);
        const request = found.find(isNamed('POST /v1/datasets:ingest'));
        const call = found.find(isNamed('holdfast.v1.DatasetService/Ingest'));
        const start = found.find(isNamed('StartWorkflow:ingestDataset'));
        assert.deepEqual(
          [request?.parentSpanId, call?.parentSpanId, start?.parentSpanId],
          [CALLER, request?.spanId, call?.spanId],
        );
        const activities = found.filter(({ name }) => name.startsWith('RunActivity:'));
        assert.ok(activities.length > 0);
        for (const { service, parentSpanId } of activities)
          assert.deepEqual([service, parentSpanId], ['holdfast-worker', start?.spanId]);
      }),
    );
  });
});
