import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { openCredentialStore } from '../../cli/credentials/credentialStore.ts';
import { findCredential, secretFor } from '../../cli/credentials/findCredential.ts';
import { resolveServer, type Server, type ServerOptions } from '../../cli/server/resolveServer.ts';
import { writeLocalKey } from '../../platform/access/localKey.ts';
import { readConfiguration } from '../../platform/configuration.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { serverSecurity } from '../../platform/tls/serverSecurity.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { testKey } from '../support/testAccess.ts';
import { createAuthority } from '../support/testCertificates.ts';
import { withInference } from '../support/withInference.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Which installation a command talks to, and who sees which credential.

const resolve = (options: ServerOptions, environment: NodeJS.ProcessEnv = {}): Server =>
  resolveServer(options, readConfiguration(environment));

describe('the server of a command', () => {
  for (const [options, environment, name, inference, rest] of [
    [{}, {}, 'http://127.0.0.1:9001', '127.0.0.1:9000', 'http://127.0.0.1:8080'],
    [{}, { HOLDFAST_CONTROL_PORT: '7' }, 'http://127.0.0.1:7', '127.0.0.1:9000', 'http://127.0.0.1:8080'],
    [{ server: 'a.example' }, {}, 'http://a.example:9001', 'a.example:9000', 'http://a.example:8080'],
    [
      {},
      { HOLDFAST_SERVER: 'a.example' },
      'http://a.example:9001',
      'a.example:9000',
      'http://a.example:8080',
    ],
    [{ server: 'b' }, { HOLDFAST_SERVER: 'a' }, 'http://b:9001', 'b:9000', 'http://b:8080'],
    [{ server: 'https://a.example/' }, {}, 'https://a.example:9001', 'a.example:9000', 'https://a.example'],
    [{ server: 'https://a:443' }, {}, 'https://a:443', 'a:443', 'https://a:443'],
    [{ server: '[::1]' }, {}, 'http://[::1]:9001', '[::1]:9000', 'http://[::1]:8080'],
    [{ server: 'a', control: 'b:1' }, {}, 'http://b:1', 'a:9000', 'http://a:8080'],
    [{ server: 'a', inference: 'b:1' }, {}, 'http://a:9001', 'b:1', 'http://a:8080'],
    [{ server: 'a' }, { HOLDFAST_TLS_CA: 'system' }, 'https://a:9001', 'a:9000', 'http://a:8080'],
    [{ server: 'http://a' }, { HOLDFAST_TLS_CA: 'system' }, 'http://a:9001', 'a:9000', 'http://a:8080'],
  ] as const)
    it(`is ${name} by ${JSON.stringify(options)} and ${JSON.stringify(environment)}`, () => {
      const server = resolve(options, environment);
      assert.deepEqual([server.name, server.inference, server.rest], [name, inference, rest]);
      assert.equal(server.encrypted, name.startsWith('https:'));
    });

  for (const server of ['', 'ftp://a', 'a b', 'a:0', 'a:65536', 'http://u@a', 'a/path', '::1'])
    it(`is not ${JSON.stringify(server)}`, () =>
      assert.throws(
        () => resolve({ server }),
        (error: unknown) =>
          error instanceof HoldfastError &&
          error.code === 'invalidArgument' &&
          error.message.includes('--server'),
      ));

  it('is told as HOLDFAST_SERVER where it came from there', () =>
    assert.throws(() => resolve({}, { HOLDFAST_SERVER: 'a/b' }), /HOLDFAST_SERVER is "a\/b"/));
});

describe('the credential of a command', () => {
  const key = testKey('machine');
  const withLogins = (test: (find: (options: ServerOptions, apiKey?: string) => unknown) => void) =>
    withTemporaryFolder(async home => {
      await writeLocalKey(home, key);
      const store = openCredentialStore(home);
      const expireTime = new Date(Date.now() + 60_000).toISOString();
      await store.save('https://a:9001', { user: 'anna', token: 'of a', expireTime });
      await store.save('https://b:9001', { user: 'anna', token: 'of b', expireTime: '2020-01-01T00:00:00Z' });
      test((options, apiKey) => {
        const server = resolve(options);
        const credential = findCredential({ apiKey, home }, server, store);
        return [
          credential?.source,
          secretFor(credential, server, server.control),
          secretFor(credential, server, server.inference),
        ];
      });
    });

  it('is HOLDFAST_API_KEY, else the login to that very server, else on this machine its key', () =>
    withLogins(find => {
      assert.deepEqual(find({ server: 'https://a' }, 'x'), ['environment', 'x', 'x']);
      assert.deepEqual(find({ server: 'https://a' }), ['login', 'of a', 'of a']);
      assert.deepEqual(find({}), ['machine', key, key]);
      assert.deepEqual(find({ server: 'localhost' }), ['machine', key, key]);
    }));

  it('goes to nobody else: not in the clear, not after it has ended, and this machine’s key to no other', () =>
    withLogins(find => {
      const nothing = [undefined, undefined, undefined];
      assert.deepEqual(find({ server: 'http://a' }), nothing);
      assert.deepEqual(find({ server: 'https://a', control: 'a:9002' }), nothing);
      assert.deepEqual(find({ server: 'https://b' }), nothing);
      assert.deepEqual(find({ server: 'localhost.example' }), nothing);
      assert.deepEqual(find({ inference: 'a:9000' }), ['machine', key, undefined]);
      assert.deepEqual(find({ control: 'a:9001' }), nothing);
    }));

  it('keeps other logins when one is removed', () =>
    withTemporaryFolder(async home => {
      const store = openCredentialStore(home);
      const login = { user: 'anna', token: 't', expireTime: null };
      assert.equal(await store.remove('http://a:1'), false);
      await store.save('http://a:1', login);
      await store.save('http://b:1', login);
      assert.equal(await store.remove('http://a:1'), true);
      assert.deepEqual([store.find('http://a:1'), store.find('http://b:1')], [undefined, login]);
    }));
});

const answer = z.looseObject({ predictions: z.array(z.string()).length(1) });

describe('a command from another machine', () => {
  it('speaks TLS to https://, and only to whom it trusts', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.promote(1);
      const authority = await createAuthority(world.home, 'authority');
      const identity = await authority.issue('server', 'IP:127.0.0.1');
      const { inference } = await world.start({
        connections: {
          security: serverSecurity({ ...identity, clientCa: null }, collectLogs().logger),
        },
      });
      const predict = (server: string, environment: NodeJS.ProcessEnv) =>
        runHoldfast(['predict', '--server', server, JSON.stringify(goodInstance), '--json'], {
          inference: `127.0.0.1:${inference.port}`,
          environment,
        });
      const told = await predict('https://127.0.0.1', { HOLDFAST_TLS_CA: authority.ca });
      assert.equal(told.code, 0, told.stderr);
      answer.parse(JSON.parse(told.stdout));
      const behindOne = await predict(`https://127.0.0.1:${inference.port}`, {
        HOLDFAST_TLS_CA: authority.ca,
      });
      assert.equal(behindOne.code, 0, behindOne.stderr);
      const stranger = await predict('https://127.0.0.1', {});
      assert.deepEqual([stranger.code, stranger.stdout], [1, '']);
      assert.match(stranger.stderr, /certificate/i);
    }));
});
