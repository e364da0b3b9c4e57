import assert from 'node:assert/strict';
import { createFileRegistry, type DescMethod } from '@bufbuild/protobuf';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { readRoutes } from '../../gateway/readRoutes.ts';
import { type AccessRule, readAccess } from '../../platform/access/readAccess.ts';
import { roleNames, roleOf } from '../../platform/access/roles.ts';
import { keyIdOf } from '../../platform/access/secrets.ts';
import { ClientExchange } from '../../platform/grpc/exchange/ClientExchange.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { reasonOf } from '../../platform/grpc/toStatus.ts';
import { sha256 } from '../../platform/sha256.ts';
import { addTestUser, testKey } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withGateway } from '../support/withGateway.ts';
import { type SystemWorld, withSystem } from '../support/withSystem.ts';

// Every method that the descriptors know × everybody who may call, against the real servers, and every route of the gateway. A
// request's bytes are no message: whoever is admitted is told so, and nothing is done; whoever is not learns nothing of it.

const descriptors = readDescriptors();
const rules = readAccess(descriptors);
const NO_MESSAGE = Buffer.from([0xff]);

interface Caller {
  readonly name: string;
  readonly secret: string | null;
  readonly expected: (rule: AccessRule) => 'admitted' | 'UNAUTHENTICATED' | 'PERMISSION_DENIED';
}

const good = roleNames.map(
  (role): Caller => ({
    name: role,
    secret: testKey(role),
    expected: rule => (rule.$case === 'role' && rule.value > roleOf(role) ? 'PERMISSION_DENIED' : 'admitted'),
  }),
);
const stranger = (name: string, secret: string | null): Caller => ({
  name,
  secret,
  expected: rule => (rule.$case === 'public' ? 'admitted' : 'UNAUTHENTICATED'),
});
const session = `hfs_${'s'.repeat(43)}`;
const callers: readonly Caller[] = [
  ...good,
  stranger('nobody', null),
  stranger('an unknown key', testKey('unknown')),
  stranger('no key at all', 'hunter2'),
  stranger('an expired key', testKey('expired')),
  stranger('a revoked key', testKey('revoked')),
  stranger("a disabled user's key", testKey('disabled')),
  {
    name: 'a session whose password has to be changed',
    secret: session,
    expected: rule =>
      rule.$case === 'public' || rule.beforePasswordChange ? 'admitted' : 'PERMISSION_DENIED',
  },
];

async function addCallers({ sql }: Pick<SystemWorld, 'sql'>): Promise<void> {
  for (const role of roleNames) await addTestUser(sql, { name: role, role, key: testKey(role) });
  for (const name of ['expired', 'revoked', 'disabled'])
    await addTestUser(sql, { name, role: 'admin', key: testKey(name) });
  await sql(`update user_account set disabled = true where name = 'disabled'`);
  await sql(`update api_key set revoked_at = now() where id = $1`, [keyIdOf(testKey('revoked'))]);
  await sql(`delete from api_key where id = $1`, [keyIdOf(testKey('expired'))]);
  await sql(
    `insert into api_key (id, key_hash, user_id, name, role, creator, created_at, expires_at)
     select $1, $2, id, 'test', 'admin', 'test', now() - interval '2 days', now() - interval '1 day'
     from user_account where name = 'expired'`,
    [keyIdOf(testKey('expired')), sha256(testKey('expired'))],
  );
  await sql(`update user_account set must_change_password = true where name = 'expired'`);
  await sql(
    `insert into user_session (token_hash, user_id, expires_at)
     select $1, id, now() + interval '1 day' from user_account where name = 'expired'`,
    [sha256(session)],
  );
}

const methodsOf = (): DescMethod[] =>
  [...createFileRegistry(descriptors)].flatMap(type => (type.kind === 'service' ? type.methods : []));

const same = (bytes: Buffer): Buffer => bytes;

/** What the server made of the bytes; null where it does not have the method. */
async function ask(client: Client, method: DescMethod, secret: string | null): Promise<string | null> {
  const path = `/${method.parent.typeName}/${method.name}`;
  const metadata = new Metadata();
  if (secret !== null) metadata.set('authorization', `Bearer ${secret}`);
  const error = await new Promise<ServiceError>((resolve, reject) => {
    const answered = (): void => reject(new Error(`${path} answered what is no message`));
    if (method.methodKind === 'unary')
      client.makeUnaryRequest(path, same, same, NO_MESSAGE, metadata, failure =>
        failure === null ? answered() : resolve(failure),
      );
    else {
      const stream = client.makeBidiStreamRequest(path, same, same, metadata);
      // A stream may begin before anything is asked.
      stream.resume();
      stream.on('error', resolve).on('status', ({ code }) => (code === status.OK ? answered() : undefined));
      stream.write(NO_MESSAGE);
      stream.end();
    }
  });
  if (error.code === status.UNIMPLEMENTED) return null;
  return error.code === status.INVALID_ARGUMENT ? 'admitted' : status[error.code];
}

/** The same of a unary method within a stream of calls. */
function askWithin(
  exchange: ClientExchange,
  method: DescMethod,
  secret: string | null,
): Promise<string | null> {
  const path = `/${method.parent.typeName}/${method.name}`;
  const metadata: Record<string, string> = secret === null ? {} : { authorization: `Bearer ${secret}` };
  return new Promise((resolve, reject) =>
    exchange.send(
      { path, metadata, message: NO_MESSAGE, timeoutMs: 30_000 },
      {
        resolve: () => reject(new Error(`${path} answered what is no message`)),
        reject: ({ code }) =>
          resolve(code === 'unimplemented' ? null : code === 'invalidArgument' ? 'admitted' : reasonOf(code)),
      },
    ),
  );
}

describe('who may call what', () => {
  it('is what the descriptors say, for every method and everybody, at both servers', () =>
    withSystem(async world => {
      await addCallers(world);
      const servers = [world.addresses.control, world.addresses.inference].map(
        address => new Client(address ?? '', credentials.createInsecure()),
      );
      const exchanges = servers.map(client => new ClientExchange(client, 'the server'));
      await waitUntil('both streams', () => exchanges.every(exchange => exchange.takes(1)));
      const wrong: string[] = [];
      let checked = 0;
      for (const method of methodsOf()) {
        const rule = rules.get(`/${method.parent.typeName}/${method.name}`);
        assert.ok(rule, method.toString());
        let isServed = false;
        for (const [index, client] of servers.entries())
          for (const { name, secret, expected } of callers) {
            const found = await ask(client, method, secret);
            if (method.methodKind === 'unary') {
              const within = await askWithin(exchanges[index], method, secret);
              assert.equal(within, found, `${method.toString()} at ${index}, ${name}, within a stream`);
            }
            if (found === null) break;
            isServed = true;
            checked++;
            if (found !== expected(rule))
              wrong.push(`${method.toString()} at ${index}, ${name}: ${found}, expected ${expected(rule)}`);
          }
        if (!isServed) wrong.push(`${method.toString()} is nowhere`);
      }
      for (const each of [...exchanges, ...servers]) each.close();
      assert.deepEqual(wrong, []);
      assert.ok(checked > 400, String(checked));
    }));

  it('is the same over REST: whoever may not is refused on every route', () =>
    withSystem(async world => {
      await addCallers(world);
      const { control = '', inference = '' } = world.addresses;
      const http = { UNAUTHENTICATED: 401, PERMISSION_DENIED: 403, admitted: 0 };
      await withGateway({ control, inference }, async gateway => {
        const wrong: string[] = [];
        let refused = 0;
        for (const { verb, template, method, body } of readRoutes(descriptors).routes) {
          const rule = rules.get(`/${method.parent.typeName}/${method.name}`);
          assert.ok(rule);
          for (const { name, secret, expected } of callers) {
            const status = http[expected(rule)];
            if (status === 0) continue;
            const path = template.replaceAll(/\{[^}]*\}/g, 'x');
            const answer = await gateway.ask(verb, path, body === null ? undefined : {}, {
              'x-api-key': secret ?? '',
            });
            refused++;
            if (answer.status !== status)
              wrong.push(`${verb} ${template}, ${name}: ${answer.status} ${answer.text}`);
          }
        }
        assert.deepEqual(wrong, []);
        assert.ok(refused > 300, String(refused));
      });
    }));
});
