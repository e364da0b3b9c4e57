import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import {
  type Columns,
  PredictRequest,
  type PredictResponse,
  PredictionServiceService,
} from '../../proto/gen/holdfast/v1/prediction.ts';
import { goodInstance } from '../support/smallModel.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { withPredictStream } from '../support/withPredictStream.ts';
import { withServedModel } from '../support/withInference.ts';

const request = (tenures: readonly number[]): PredictRequest => ({
  model: 'churn',
  version: '',
  instances: tenures.map(tenure => ({ ...goodInstance, tenure })),
});

/** The same customers by columns. */
const inColumns = (tenures: readonly number[]): Columns => {
  const none = { numbers: [], texts: [], codes: [], missing: [] };
  const same = (name: string, text: string) => ({
    ...none,
    name,
    texts: [text],
    codes: tenures.map(() => 0),
  });
  return {
    columns: [
      { ...none, name: 'tenure', numbers: [...tenures] },
      { ...none, name: 'charges', numbers: tenures.map(() => goodInstance.charges) },
      same('contract', goodInstance.contract),
      same('senior', goodInstance.senior),
      same('region', goodInstance.region),
    ],
  };
};
const tenuresOf = (message: number, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) => (message * 7 + row) % 121);

describe('PredictStream', () => {
  it('answers each message in its turn, as Predict does, in either form', () =>
    withServedModel(async served =>
      withPredictStream(served.inference.port, async stream => {
        const answers: PredictResponse[] = [];
        stream.on('data', (answer: PredictResponse) => answers.push(answer));
        for (let message = 0; message < 20; message++) {
          const tenures = tenuresOf(message, 50);
          stream.write(
            message % 2 === 0
              ? request(tenures)
              : { model: 'churn', version: '', instances: [], columns: inColumns(tenures) },
          );
        }
        stream.end();
        await once(stream, 'end');
        assert.equal(answers.length, 20);
        for (const [message, answer] of answers.entries()) {
          const expected = await served.client.predict(request(tenuresOf(message, 50)));
          assert.deepEqual({ ...answer, predictionId: '' }, { ...expected, predictionId: '' });
        }
        assert.equal(new Set(answers.map(({ predictionId }) => predictionId)).size, 20);
      }),
    ));

  it('ends with the error of the first message that is refused, after the answers before it', () =>
    withServedModel(async served =>
      withPredictStream(served.inference.port, async stream => {
        let answers = 0;
        stream.on('data', () => answers++);
        for (const tenure of [1, 2, 500, 3]) stream.write(request([tenure]));
        const [error] = await once(stream, 'error');
        assert.equal(error.code, status.INVALID_ARGUMENT);
        assert.match(
          error.details,
          /^Message 3 of the stream: .* instances\[0\]\.tenure: expected a whole number from 0 to 120, got 500/,
        );
        assert.equal(answers, 2);
        // And what is no request before any model sees it.
        await withPredictStream(served.inference.port, async other => {
          other.resume();
          for (const tenures of [[1], []]) other.write(request(tenures));
          const [refused] = await once(other, 'error');
          assert.match(refused.details, /^Message 2 of the stream: The request holds no instance/);
        });
      }),
    ));

  it('works no further ahead than its answers are read', () =>
    withServedModel(async ({ inference, client }) => {
      const messages = 150;
      const rows = 2000;
      // Each value of a level that training did not meet is counted, so that the server tells how far it is.
      const instances = tenuresOf(0, rows).map(tenure => ({ ...goodInstance, tenure, contract: 'decade' }));
      const message = PredictRequest.encode({ model: 'churn', version: '', instances }).finish();
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      const [loaded] = inference.store.loaded();
      const worked = (): number => (loaded.unseenLevels.get('contract') ?? 0) / rows;
      // Bare HTTP/2, for grpc-js' own client reads ahead of whoever reads from it.
      const session = connect(`http://127.0.0.1:${inference.port}`, { maxSessionMemory: 1000 });
      try {
        const stream = session.request({
          ':method': 'POST',
          ':path': PredictionServiceService.predictStream.path,
          'content-type': 'application/grpc',
          'x-api-key': TEST_KEY,
          te: 'trailers',
        });
        for (let sent = 0; sent < messages; sent++) stream.write(Buffer.concat([prefix, message]));
        let before = -1;
        while (worked() === 0 || worked() !== before) {
          before = worked();
          await sleep(500);
        }
        assert.ok(before < messages / 2, `${before} of ${messages} were worked on while nobody read`);
        assert.equal((await client.predict(request([5]))).predictions.length, 1);
        stream.end();
        let bytes = 0;
        stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
        const [trailers] = await once(stream, 'trailers');
        assert.equal(trailers['grpc-status'], '0');
        assert.equal(worked(), messages);
        assert.ok(bytes > messages * rows * 8, `${bytes} bytes were answered`);
      } finally {
        session.destroy();
      }
    }));

  it('stops working when the caller goes away', () =>
    withServedModel(async served => {
      await withPredictStream(served.inference.port, async stream => {
        stream.on('error', () => undefined);
        for (let message = 0; message < 50; message++) stream.write(request(tenuresOf(message, 1000)));
        await once(stream, 'data');
        stream.cancel();
      });
      const [loaded] = served.inference.store.loaded();
      await served.client.predict(request([1]));
      assert.equal(loaded.retired, false);
      assert.deepEqual(
        served.logs.filter(({ level }) => level >= 50),
        [],
      );
    }));
});
