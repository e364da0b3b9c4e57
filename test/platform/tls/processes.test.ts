import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { freePorts } from '../../support/freePorts.ts';
import { runHoldfast } from '../../support/runHoldfast.ts';
import { goodInstance, smallModel } from '../../support/smallModel.ts';
import { startProcess } from '../../support/startProcess.ts';
import { TEST_KEY } from '../../support/testAccess.ts';
import { createAuthority } from '../../support/testCertificates.ts';
import { withInference } from '../../support/withInference.ts';

// The real processes by the environment alone: inference asks for certificates, gateway and command have one.

const answer = z.looseObject({ predictions: z.array(z.string()).length(1) });

const predict = (environment: NodeJS.ProcessEnv) =>
  runHoldfast(['predict', JSON.stringify(goodInstance), '--json'], { environment });

describe('inference, gateway and command over mutual TLS', () => {
  it('answer as in plain, and refuse a command without a certificate', () =>
    withInference(async world => {
      const { home, databaseUrl } = world;
      await world.register(smallModel());
      await world.promote(1);
      const authority = await createAuthority(home, 'authority');
      const server = await authority.issue('server', 'IP:127.0.0.1');
      const client = await authority.issue('client', 'DNS:client');
      const [http, port] = await freePorts(2);
      const trusting = {
        HOLDFAST_HTTP_PORT: String(http),
        HOLDFAST_INFERENCE_PORT: String(port),
        HOLDFAST_TLS_CA: authority.ca,
      };
      const known = {
        ...trusting,
        HOLDFAST_TLS_CLIENT_CERT: client.certificate,
        HOLDFAST_TLS_CLIENT_KEY: client.key,
      };
      const started = [
        await startProcess('inference', {
          HOLDFAST_HOME: home,
          HOLDFAST_INFERENCE_PORT: String(port),
          DATABASE_URL: databaseUrl,
          INFERENCE_PROCESSES: '2',
          HOLDFAST_TLS_CERT: server.certificate,
          HOLDFAST_TLS_KEY: server.key,
          HOLDFAST_TLS_CLIENT_CA: authority.ca,
        }),
        await startProcess('gateway', known),
      ];
      try {
        const told = await predict(known);
        assert.equal(told.code, 0, told.stderr);
        assert.equal(told.stderr, '');
        const refused = await predict(trusting);
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /HOLDFAST_TLS_CLIENT_CERT/);
        const plain = await predict({ HOLDFAST_INFERENCE_PORT: String(port) });
        assert.match(plain.stderr, /HOLDFAST_TLS_CA/);
        const response = await fetch(`http://127.0.0.1:${http}/v1/models/churn:predict`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': TEST_KEY },
          body: JSON.stringify({ instances: [goodInstance] }),
        });
        const text = await response.text();
        assert.equal(response.status, 200, text);
        assert.deepEqual(
          answer.parse(JSON.parse(text)).predictions,
          answer.parse(JSON.parse(told.stdout)).predictions,
        );
      } finally {
        for (const each of started) await each.kill('SIGTERM');
      }
    }));
});
