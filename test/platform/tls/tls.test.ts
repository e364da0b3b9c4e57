import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { readConfiguration } from '../../../platform/configuration.ts';
import { createGrpcClient } from '../../../platform/grpc/createGrpcClient.ts';
import { createGrpcServer } from '../../../platform/grpc/createGrpcServer.ts';
import { createHandshakeLog } from '../../../platform/grpc/createHandshakeLog.ts';
import { readDescriptors } from '../../../platform/grpc/readDescriptors.ts';
import { channelSecurity } from '../../../platform/tls/channelSecurity.ts';
import type { ClientTls, IdentityFiles } from '../../../platform/tls/readTlsSettings.ts';
import { serverSecurity } from '../../../platform/tls/serverSecurity.ts';
import { HealthService } from '../../../proto/gen/grpc/health/v1/health.ts';
import { requirePeer } from '../../peers/requirePeer.ts';
import { collectLogs, type LogLine } from '../../support/collectLogs.ts';
import { expectError } from '../../support/expectError.ts';
import { letsAllIn } from '../../support/testAccess.ts';
import { createAuthority, createExpired, type TestAuthority } from '../../support/testCertificates.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { withTemporaryFolder } from '../../support/withTemporaryFolder.ts';

// A server that has nothing but its health, by certificates that openssl made.

interface World {
  readonly folder: string;
  readonly authority: TestAuthority;
  readonly server: IdentityFiles;
}

const withCertificates = (test: (world: World) => Promise<void>): Promise<void> =>
  withTemporaryFolder(async folder => {
    const authority = await createAuthority(folder, 'authority');
    await test({ folder, authority, server: await authority.issue('server', 'IP:127.0.0.1') });
  });

async function withTlsServer(
  identity: IdentityFiles & { clientCa: string | null },
  test: (port: number, logs: LogLine[]) => Promise<void>,
): Promise<void> {
  const { logger, lines } = collectLogs();
  const server = createGrpcServer({
    descriptors: readDescriptors(),
    services: [],
    authorizer: letsAllIn,
    logger,
    security: serverSecurity(identity, logger, 50),
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  server.setServing(true);
  try {
    await test(port, lines);
  } finally {
    await server.close();
  }
}

const nobody: ClientTls = { ca: null, identity: null, serverName: null };

async function ask(port: number, settings: ClientTls | null): Promise<string> {
  const health = createGrpcClient(HealthService, {
    address: `127.0.0.1:${port}`,
    peer: 'the test server',
    security: channelSecurity(settings),
  });
  try {
    return String((await health.check({ service: '' })).status);
  } finally {
    health.close();
  }
}

const SERVING = '1';

/** The serial number of the certificate that a new connection meets. */
const serialAt = (port: number, ca: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: [ca], ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });

describe('TLS', () => {
  it('is spoken with whoever trusts the authority of the server, and with nobody in plain', () =>
    withCertificates(async ({ folder, authority, server }) => {
      const other = await createAuthority(folder, 'other');
      await withTlsServer({ ...server, clientCa: null }, async port => {
        assert.equal(await ask(port, { ...nobody, ca: authority.ca }), SERVING);
        await assert.rejects(
          ask(port, { ...nobody, ca: other.ca }),
          expectError('unavailable', /certificate.*HOLDFAST_TLS_CA/),
        );
        await assert.rejects(ask(port, nobody), expectError('unavailable', /certificate.*HOLDFAST_TLS_CA/));
        await assert.rejects(ask(port, null), expectError('unavailable', /HOLDFAST_TLS_CA/));
      });
    }));

  it('holds the certificate against the address, or against the name that is set', () =>
    withCertificates(async ({ authority }) => {
      const named = await authority.issue('named', 'DNS:holdfast.example');
      await withTlsServer({ ...named, clientCa: null }, async port => {
        const trusting = { ...nobody, ca: authority.ca };
        await assert.rejects(
          ask(port, trusting),
          expectError('unavailable', /127\.0\.0\.1.*HOLDFAST_TLS_SERVER_NAME/),
        );
        assert.equal(await ask(port, { ...trusting, serverName: 'holdfast.example' }), SERVING);
      });
    }));

  it('lets nobody in without a certificate of the clients’ authority, where there is one', () =>
    withCertificates(async ({ folder, authority, server }) => {
      const clients = await createAuthority(folder, 'clients');
      const client = await clients.issue('client', 'DNS:client');
      const stranger = await authority.issue('stranger', 'DNS:stranger');
      await withTlsServer({ ...server, clientCa: clients.ca }, async (port, logs) => {
        const trusting = { ...nobody, ca: authority.ca };
        assert.equal(await ask(port, { ...trusting, identity: client }), SERVING);
        for (const identity of [null, stranger])
          await assert.rejects(
            ask(port, { ...trusting, identity }),
            expectError('unavailable', /HOLDFAST_TLS_CLIENT_CERT/),
          );
        const [told, ...more] = logs.filter(({ msg }) => msg === 'A TLS handshake failed.');
        assert.match(String(told.peer), /^127\.0\.0\.1:\d+$/);
        assert.match(String(told.reason), /^peer did not return a certificate$/);
        assert.deepEqual(more, [], 'one line, however often a client tries');
      });
    }));

  it('is spoken with grpcurl, with a certificate and not without one', async function spoken() {
    const grpcurl = requirePeer(this, 'grpcurl');
    await withCertificates(async ({ authority, server }) => {
      const client = await authority.issue('client', 'DNS:client');
      const trusting = ['-connect-timeout', '5', '-cacert', authority.ca];
      const run = async (port: number, ...words: string[]) => {
        const asked = [`127.0.0.1:${port}`, 'grpc.health.v1.Health/Check'];
        return (await promisify(execFile)(grpcurl, [...trusting, ...words, ...asked])).stdout;
      };
      const identity = ['-cert', client.certificate, '-key', client.key];
      await withTlsServer({ ...server, clientCa: authority.ca }, async port => {
        assert.match(await run(port, ...identity), /"SERVING"/);
        await assert.rejects(run(port), { code: 1 });
        assert.match(await run(port, ...identity), /"SERVING"/);
      });
      await withTlsServer({ ...server, clientCa: null }, async port =>
        assert.match(await run(port), /"SERVING"/),
      );
    });
  });

  it('takes a renewed certificate for new connections, and nothing that cannot be used', () =>
    withCertificates(async ({ folder, authority, server }) => {
      const served = { certificate: join(folder, 'served.pem'), key: join(folder, 'served.key') };
      const put = async (identity: IdentityFiles): Promise<void> => {
        await copyFile(identity.certificate, served.certificate);
        await copyFile(identity.key, served.key);
      };
      await put(server);
      const ca = await readFile(authority.ca);
      await withTlsServer({ ...served, clientCa: null }, async (port, logs) => {
        const first = await serialAt(port, ca);
        await writeFile(served.certificate, 'half a cert');
        const refused = () =>
          logs.some(({ msg }) => msg.startsWith('Changed certificate files are not taken'));
        await waitUntil('the refusal', refused);
        assert.equal(await serialAt(port, ca), first);
        await put(await authority.issue('renewed', 'IP:127.0.0.1'));
        await waitUntil('the renewed certificate', async () => (await serialAt(port, ca)) !== first);
        assert.equal(await ask(port, { ...nobody, ca: authority.ca }), SERVING);
      });
    }));

  it('says which file cannot be used, and why', () =>
    withCertificates(async ({ folder, authority, server }) => {
      const other = await authority.issue('other', 'IP:127.0.0.1');
      const expired = await createExpired(folder);
      const none = join(folder, 'none.pem');
      const { logger } = collectLogs();
      for (const [identity, said] of [
        [{ ...server, certificate: none }, /none\.pem.*cannot be read \(ENOENT/],
        [{ ...server, certificate: server.key }, /server\.key.*holds no certificate in PEM/],
        [{ ...server, key: server.certificate }, /server\.pem.*is no private key in PEM/],
        [{ ...server, key: other.key }, /other\.key.*is not the key of the certificate in .*server\.pem/],
        [expired, /expired\.pem.*expired on 20/],
      ] as const)
        assert.throws(
          () => serverSecurity({ ...identity, clientCa: null }, logger),
          expectError('failedPrecondition', said),
        );
      assert.throws(
        () => serverSecurity({ ...server, clientCa: server.key }, logger),
        expectError('failedPrecondition', /server\.key.*holds no certificate/),
      );
    }));
});

describe('the log of handshakes', () => {
  it('has a line in five seconds, which counts those before it, and none of who only hangs up', () => {
    const { logger, lines } = collectLogs();
    let nowMs = 0;
    const failed = createHandshakeLog(logger, () => nowMs);
    for (; nowMs <= 5000; nowMs += 1000) failed(new Error('no'), `peer ${nowMs}`);
    nowMs = 60_000;
    failed(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'a probe');
    assert.deepEqual(
      lines.map(({ peer, reason, untold }) => [peer, reason, untold]),
      [
        ['peer 0', 'no', 0],
        ['peer 5000', 'no', 4],
      ],
    );
  });
});

describe('the settings of TLS', () => {
  for (const [environment, missing] of [
    [{ HOLDFAST_TLS_CERT: 'a' }, 'HOLDFAST_TLS_KEY'],
    [{ HOLDFAST_TLS_KEY: 'a' }, 'HOLDFAST_TLS_CERT'],
    [{ HOLDFAST_TLS_CLIENT_CA: 'a' }, 'HOLDFAST_TLS_CERT'],
    [{ HOLDFAST_TLS_CA: 'a', HOLDFAST_TLS_CLIENT_CERT: 'a' }, 'HOLDFAST_TLS_CLIENT_KEY'],
    [{ HOLDFAST_TLS_CLIENT_CERT: 'a', HOLDFAST_TLS_CLIENT_KEY: 'a' }, 'HOLDFAST_TLS_CA'],
    [{ HOLDFAST_TLS_SERVER_NAME: 'a' }, 'HOLDFAST_TLS_CA'],
  ] as const)
    it(`of ${Object.keys(environment).join(' and ')} need ${missing}`, () =>
      assert.throws(
        () => readConfiguration(environment),
        expectError('invalidArgument', new RegExp(`${missing} is not`)),
      ));

  it('are none by default; a server’s makes its clients trust whom Node trusts', () => {
    assert.deepEqual(readConfiguration({}).tls, { server: null, client: null });
    const files = { HOLDFAST_TLS_CERT: '/a.pem', HOLDFAST_TLS_KEY: '/a.key' };
    assert.deepEqual(readConfiguration(files).tls, {
      server: { certificate: '/a.pem', key: '/a.key', clientCa: null },
      client: nobody,
    });
    assert.deepEqual(readConfiguration({ HOLDFAST_TLS_CA: 'system' }).tls, { server: null, client: nobody });
    assert.equal(readConfiguration({ HOLDFAST_TLS_CA: '/ca.pem' }).tls.client?.ca, '/ca.pem');
  });
});
