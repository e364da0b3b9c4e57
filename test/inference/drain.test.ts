import assert from 'node:assert/strict';
import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { HealthService } from '../../proto/gen/grpc/health/v1/health.ts';
import { freePorts } from '../support/freePorts.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { startProcess } from '../support/startProcess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withInference } from '../support/withInference.ts';
import { withPredictStream } from '../support/withPredictStream.ts';

// The end of a real process that was asked to end while streams are open.

const request = { model: 'churn', version: '', instances: [goodInstance] };

describe('bin/inference.ts on SIGTERM', () => {
  it('is not ready, finishes streams, and tells one that outlasts the drain how far it got', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.promote(1);
      const [port] = await freePorts(1);
      const started = await startProcess('inference', {
        HOLDFAST_HOME: world.home,
        HOLDFAST_INFERENCE_PORT: String(port),
        DATABASE_URL: world.databaseUrl,
      });
      const health = createGrpcClient(HealthService, { address: `127.0.0.1:${port}`, peer: 'inference' });
      const seen: number[] = [];
      const watching = (async () => {
        for await (const { status: now } of health.watch({ service: '' })) seen.push(now);
      })();
      let closed = Promise.resolve();
      await withPredictStream(port, async longer =>
        withPredictStream(port, async finishing => {
          const ended = once(longer, 'error');
          for (const stream of [longer, finishing]) {
            const answers = [];
            stream.on('data', answer => answers.push(answer));
            for (let sent = 0; sent < 3; sent++) stream.write(request);
            await waitUntil('three answers', () => answers.length === 3);
          }
          closed = started.kill('SIGTERM');
          await watching;
          assert.deepEqual(seen, [1, 2]);
          const finished = once(finishing, 'status');
          finishing.write(request);
          finishing.end();
          assert.equal((await finished)[0].code, status.OK);
          const [error] = await ended;
          assert.equal(error.code, status.UNAVAILABLE);
          assert.match(error.details, /this stream did not within 8 s: 3 messages were answered/);
        }),
      );
      await closed;
      health.close();
      const words = started.log.map(({ msg }) => msg);
      assert.ok(words.includes('process has drained'), words.join('\n'));
    }));
});
