import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { promisify } from 'node:util';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { service as foreignHealth } from 'grpc-health-check';
import { describe, it } from 'mocha';
import type { Authorizer } from '../../../platform/grpc/Authorizer.ts';
import { bindService } from '../../../platform/grpc/bindService.ts';
import { createGrpcClient } from '../../../platform/grpc/createGrpcClient.ts';
import { DETAILS_KEY } from '../../../platform/grpc/toStatus.ts';
import { type ErrorCode, errorCodes, HoldfastError } from '../../../platform/HoldfastError.ts';
import { HealthService } from '../../../proto/gen/grpc/health/v1/health.ts';
import { ServerReflectionService } from '../../../proto/gen/grpc/reflection/v1/reflection.ts';
import { PredictionServiceService, type PredictRequest } from '../../../proto/gen/holdfast/v1/prediction.ts';
import { type Run, RunServiceService } from '../../../proto/gen/holdfast/v1/run.ts';
import { requirePeer } from '../../peers/requirePeer.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { failureOf, predictionBy, type StartedServer, withGrpcServer } from '../../support/withGrpcServer.ts';

const request: PredictRequest = { model: 'churn', version: '', instances: [] };

const refuse = async (): Promise<never> => {
  throw new HoldfastError('unimplemented', 'Not here.');
};

const clientOf = ({ address }: StartedServer) =>
  createGrpcClient(PredictionServiceService, { address, peer: 'the test server' });

describe('createGrpcServer', () => {
  it('carries every error there and back: code, message, violations, but not the cause', async () => {
    const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => code in errorCodes);
    const violations = [{ field: 'instances[0].tenure', description: 'expected a number, got "ä\u{1F600}"' }];
    const fail = predictionBy(async ({ model }) => {
      const code = codes.find(each => each === model);
      assert.ok(code);
      throw new HoldfastError(code, `Grüße, 100 % of ${code}.`, { violations, cause: new Error('a secret') });
    });
    await withGrpcServer([fail], async started => {
      const client = clientOf(started);
      for (const code of codes) {
        const error = await failureOf(client.predict({ ...request, model: code }));
        assert.deepEqual(
          [error.code, error.message, error.violations],
          [code, `Grüße, 100 % of ${code}.`, violations],
        );
        assert.ok(error.cause instanceof Error && 'code' in error.cause && 'metadata' in error.cause);
        assert.equal(error.cause.code, errorCodes[code].grpc);
        assert.ok(!JSON.stringify(error.cause.metadata).includes('secret'));
      }
      client.close();
    });
  });

  it('tells nothing of an unexpected error but where the log holds it', async () => {
    const fail = predictionBy(async () => {
      throw new TypeError('the secret of line 7');
    });
    await withGrpcServer([fail], async started => {
      const client = clientOf(started);
      const error = await failureOf(client.predict(request));
      assert.equal(error.code, 'internal');
      const [, reference] = /the reference ([0-9a-f-]{36})\.$/.exec(error.message) ?? [];
      assert.ok(!error.message.includes('secret'));
      const logged = started.logs.find(line => line.reference === reference);
      assert.match(JSON.stringify(logged), /the secret of line 7/);
      client.close();
    });
  });

  it('keeps the trailers below the 8 KiB that strict clients take, and says how much there was', async () => {
    const violations = Array.from({ length: 500 }, (_, row) => ({
      field: `instances[${row}].${'ü'.repeat(400)}`,
      description: `${'x'.repeat(59)}\u{1F600} and half a character \ud83d`,
    }));
    const fail = predictionBy(async () => {
      throw new HoldfastError('invalidArgument', `\ud83d${'é'.repeat(5000)}`, { violations });
    });
    await withGrpcServer([fail], async started => {
      const raw = new Client(started.address, credentials.createInsecure());
      const error = await new Promise<ServiceError>((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = PredictionServiceService.predict;
        raw.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, failure =>
          failure === null ? reject(new Error('it answered')) : resolve(failure),
        );
      });
      const [details] = error.metadata.get(DETAILS_KEY);
      assert.ok(details instanceof Buffer);
      const size = encodeURI(error.details).length + Math.ceil(details.length / 3) * 4;
      assert.ok(size < 7800, String(size));
      assert.match(details.toString('latin1'), /total_violations..500/);
      assert.equal(error.code, status.INVALID_ARGUMENT);
      raw.close();
    });
  });

  it('streams with the deadline, ends when the caller goes, and passes errors on', async () => {
    let ended = 0;
    const runs = bindService(RunServiceService, {
      startTraining: refuse,
      get: refuse,
      list: refuse,
      cancel: refuse,
      watch: async function* watch({ run: id }, context) {
        try {
          for (let time = 0; ; time++) {
            if (id === 'fails' && time === 2) throw new HoldfastError('notFound', 'There is no such run.');
            if (context.cancelled) return;
            yield { ...emptyRun, id: `${id}-${time}` };
            await new Promise(resolve => setTimeout(resolve, 5));
          }
        } finally {
          ended++;
        }
      },
    });
    await withGrpcServer([runs], async ({ address }) => {
      const client = createGrpcClient(RunServiceService, { address, peer: 'the test server' });
      const seen: string[] = [];
      for await (const { id } of client.watch({ run: 'a' })) {
        seen.push(id);
        if (seen.length === 3) break;
      }
      assert.deepEqual(seen, ['a-0', 'a-1', 'a-2']);
      await waitUntil('the end of the stream that was left', () => ended === 1);
      const drain = async (id: string, deadlineMs?: number): Promise<void> => {
        for await (const { id: given } of client.watch({ run: id }, { deadlineMs }))
          assert.match(given, /^\w+-\d+$/);
      };
      assert.equal((await failureOf(drain('fails'))).message, 'There is no such run.');
      const late = await failureOf(drain('late', 100));
      assert.equal(late.code, 'deadlineExceeded');
      assert.match(late.message, /^No answer from the test server at 127/);
      await waitUntil('the end of every stream', () => ended === 3);
      client.close();
    });
  });

  it('tells a handler that its caller went away, and the caller who is not there', async () => {
    let cancelled = false;
    const slow = predictionBy(async (_request, { signal }) => {
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
      cancelled = true;
      return { model: '' };
    });
    const address = await withGrpcServer([slow], async started => {
      const client = clientOf(started);
      const error = await failureOf(client.predict(request, { deadlineMs: 1000 }));
      assert.equal(error.code, 'deadlineExceeded');
      await waitUntil('the cancellation', () => cancelled);
      const stopping = new AbortController();
      setTimeout(() => stopping.abort(new Error('never mind')), 50);
      await assert.rejects(client.predict(request, { signal: stopping.signal }), { message: 'never mind' });
      client.close();
      return started.address;
    });
    const client = createGrpcClient(PredictionServiceService, { address, peer: 'the test server' });
    const error = await failureOf(client.predict(request));
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /^No connection to the test server at 127.*npm start/);
    client.close();
  });

  it('refuses who may not call before the request has come', async () => {
    const refused = new HoldfastError('permissionDenied', 'Not you.');
    const authorizer: Authorizer = {
      guard: () => ({
        admit: () => {
          throw refused;
        },
        watch: () => () => undefined,
      }),
    };
    await withGrpcServer(
      [predictionBy(async ({ model }) => ({ model }))],
      async ({ address }) => {
        const session = connect(`http://${address}`);
        const stream = session.request(
          {
            ':method': 'POST',
            ':path': PredictionServiceService.predict.path,
            'content-type': 'application/grpc',
          },
          { endStream: false },
        );
        // The length of a message of a mebibyte, of which nothing follows.
        stream.write(Buffer.from([0, 0, 0x10, 0, 0]));
        const [headers] = await once(stream, 'response');
        assert.equal(headers['grpc-status'], String(status.PERMISSION_DENIED));
        session.destroy();
      },
      { authorizer },
    );
  });

  it('finishes calls when it closes, and cuts off what does not end within the bound', async () => {
    const slow = predictionBy(async ({ model }) => {
      await new Promise(resolve => setTimeout(resolve, model === 'never' ? 60_000 : 200).unref());
      return { model };
    });
    await withGrpcServer(
      [slow],
      async started => {
        const client = clientOf(started);
        const never = failureOf(client.predict({ ...request, model: 'never' }));
        const finishing = client.predict(request);
        await new Promise(resolve => setTimeout(resolve, 100));
        const begun = performance.now();
        await started.server.close();
        const closedMs = performance.now() - begun;
        assert.equal((await finishing).model, 'churn');
        assert.ok(['unavailable', 'internal'].includes((await never).code));
        assert.ok(closedMs >= 450 && closedMs < 30_000, String(closedMs));
        client.close();
      },
      { drainMs: 500 },
    );
  });

  it('speaks grpc.health.v1 with a foreign definition of it, for each service, and ends watches when it closes', async () => {
    const ok = predictionBy(async ({ model }) => ({ model }));
    await withGrpcServer([ok], async ({ server, address }) => {
      const raw = new Client(address, credentials.createInsecure());
      const { Check: check } = foreignHealth;
      const ask = (service: string) =>
        new Promise((resolve, reject) => {
          raw.makeUnaryRequest(
            check.path,
            check.requestSerialize,
            check.responseDeserialize,
            { service },
            (error, answer) => (error === null ? resolve(answer) : reject(error)),
          );
        });
      assert.deepEqual(await ask(''), { status: 'NOT_SERVING' });
      server.setServing(true);
      assert.deepEqual(await ask('holdfast.v1.PredictionService'), { status: 'SERVING' });
      await assert.rejects(ask('nobody'), { code: status.NOT_FOUND });
      raw.close();
      const health = createGrpcClient(HealthService, { address, peer: 'the test server' });
      const seen: number[] = [];
      const watching = (async () => {
        for await (const { status: now } of health.watch({ service: '' })) seen.push(now);
      })();
      await waitUntil('the first status', () => seen.length === 1);
      await server.close();
      await watching;
      assert.deepEqual(seen, [1, 2]);
      health.close();
    });
  });

  it('answers reflection for every message that its services use', async () => {
    await withGrpcServer([predictionBy(async ({ model }) => ({ model }))], async ({ address }) => {
      const { path, requestSerialize, responseDeserialize } = ServerReflectionService.serverReflectionInfo;
      for (const name of [path, path.replace('.v1.', '.v1alpha.')]) {
        const raw = new Client(address, credentials.createInsecure());
        const stream = raw.makeBidiStreamRequest(name, requestSerialize, responseDeserialize, new Metadata());
        const questions = [
          ['fileContainingSymbol', 'holdfast.v1.PredictionService.Predict', true],
          ['fileContainingSymbol', 'google.protobuf.Timestamp', true],
          ['fileContainingSymbol', 'google.rpc.BadRequest', true],
          ['fileContainingSymbol', 'holdfast.v1.Nothing', false],
          ['fileByFilename', 'holdfast/v1/run.proto', true],
          ['fileByFilename', 'nowhere.proto', false],
          ['allExtensionNumbersOfType', 'google.protobuf.MethodOptions', true],
          ['listServices', '', true],
        ] as const;
        for (const [$case, value] of questions) stream.write({ host: '', messageRequest: { $case, value } });
        stream.end();
        let place = 0;
        for await (const { messageResponse } of stream) {
          const [question, value, known] = questions[place];
          assert.equal(messageResponse?.$case !== 'errorResponse', known, `${name}: ${question} ${value}`);
          place++;
        }
        assert.equal(place, questions.length);
        raw.close();
      }
    });
  });

  it('is understood by grpcurl', async function understood() {
    const grpcurl = requirePeer(this, 'grpcurl');
    const run = async (...words: string[]) =>
      (await promisify(execFile)(grpcurl, ['-plaintext', ...words])).stdout;
    await withGrpcServer([predictionBy(async ({ model }) => ({ model }))], async ({ address }) => {
      assert.deepEqual((await run(address, 'list')).trim().split('\n'), [
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
        'holdfast.v1.ExchangeService',
        'holdfast.v1.PredictionService',
      ]);
      const body = JSON.stringify({
        model: 'bank',
        instances: [{ tenure: 5, Contract: 'One year', x: null }],
      });
      const answer: unknown = JSON.parse(
        await run('-d', body, address, 'holdfast.v1.PredictionService/Predict'),
      );
      assert.deepEqual(answer, { model: 'bank', modelVersion: 1, threshold: 0.5, predictionId: 'id' });
      assert.match(
        await run(address, 'describe', 'holdfast.v1.ModelVersion'),
        /google\.protobuf\.Timestamp create_time/,
      );
    });
  });
});

const emptyRun: Run = {
  id: '',
  workflowId: '',
  model: '',
  kind: '',
  trigger: '',
  status: 0,
  stage: '',
  error: '',
  errorCode: '',
  candidates: [],
};
