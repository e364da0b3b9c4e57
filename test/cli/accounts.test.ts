import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { requirePeer } from '../peers/requirePeer.ts';
import { atTerminal } from '../support/atTerminal.ts';
import { type HoldfastOutcome, runHoldfast } from '../support/runHoldfast.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { type SystemWorld, withSystem } from '../support/withSystem.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// The command's way through logins, users, keys and the audit log, before a real control server.

const NEW_PASSWORD = 'a long word nobody guesses';

interface Person {
  readonly configHome: string;
  /** As somebody who has no key of this machine; `apiKey` as HOLDFAST_API_KEY. */
  readonly holdfast: (
    args: readonly string[],
    given?: { readonly stdin?: string; readonly apiKey?: string },
  ) => Promise<HoldfastOutcome>;
  readonly environment: NodeJS.ProcessEnv;
}

const withPerson = (test: (person: Person, world: SystemWorld) => Promise<void>): Promise<void> =>
  withSystem(world =>
    withTemporaryFolder(configHome => {
      const environment = {
        XDG_CONFIG_HOME: configHome,
        HOLDFAST_HOME: join(configHome, 'nothing'),
        HOLDFAST_API_KEY: '',
      };
      const holdfast: Person['holdfast'] = (args, { stdin, apiKey = '' } = {}) =>
        runHoldfast(args, {
          ...world.addresses,
          stdin,
          environment: { ...environment, HOLDFAST_API_KEY: apiKey },
        });
      return test({ configHome, holdfast, environment }, world);
    }),
  );

const ok = ({ code, stdout, stderr }: HoldfastOutcome): string => {
  assert.equal(code, 0, stderr);
  return stdout;
};
const refused = ({ code, stdout, stderr }: HoldfastOutcome, expected: number, says: RegExp): void => {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  assert.match(stderr, says);
};

/** Makes the user anna, an operator, by the tester's key. */
const createAnna = async ({ holdfast }: Person): Promise<string> =>
  ok(await holdfast(['users', 'create', 'anna', '--role', 'operator'], { apiKey: TEST_KEY })).trim();

const createdKey = z.object({ key: z.object({ id: z.string() }), secret: z.string() });
const audited = z.object({
  events: z.array(z.object({ actor: z.string(), method: z.string(), outcome: z.string() })),
});

describe('accounts by the command', () => {
  it('logs in with a one-time password that is changed, acts, makes keys, and logs out', () =>
    withPerson(async (person, { addresses }) => {
      const { holdfast, configHome } = person;
      const server = `http://${addresses.control}`;
      const once = await createAnna(person);
      refused(await holdfast(['models', 'list']), 6, /Nothing was presented: use `\.\/holdfast login`/);
      refused(await holdfast(['login', '--user', 'anna'], { stdin: 'wrong wrong wrong\n' }), 6, /password/);
      refused(await holdfast(['login', '--user', 'anna'], { stdin: `${once}\n` }), 2, /Standard input ended/);
      const login = ['login', '--user', 'anna'];
      const loggedIn = await holdfast(login, { stdin: `${once}\n${NEW_PASSWORD}\n` });
      assert.ok(ok(loggedIn).startsWith(`anna (operator) at ${server}, by the session`), loggedIn.stdout);

      const path = join(configHome, 'holdfast', 'credentials.json');
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      const kept = await readFile(path, 'utf8');
      assert.ok(kept.includes(server) && !kept.includes(NEW_PASSWORD) && !kept.includes(once), kept);

      assert.ok(ok(await holdfast(['whoami'])).startsWith(`anna (operator) at ${server}`));
      assert.match(ok(await holdfast(['models', 'list'])), /^MODEL[^]*churn/);
      refused(await holdfast(['users', 'list']), 4, /`\.\/holdfast whoami` says who you are there/);
      refused(await holdfast(['key']), 6, /There is no key/);

      const made = createdKey.parse(
        JSON.parse(ok(await holdfast(['keys', 'create', 'ci', '--role', 'viewer', '--json']))),
      );
      const asKey = { apiKey: made.secret };
      assert.match(ok(await holdfast(['whoami'], asKey)), /^anna\/ci \(viewer\).*by HOLDFAST_API_KEY/);
      assert.match(
        ok(await holdfast(['keys', 'list'])),
        new RegExp(`${made.key.id}\\s+ci\\s+anna\\s+viewer`),
      );
      refused(await holdfast(['models', 'promote', 'churn', '2', '--yes'], asKey), 4, /operator/);
      ok(await holdfast(['keys', 'revoke', made.key.id, '--yes']));
      refused(await holdfast(['models', 'list'], asKey), 6, /What was presented is HOLDFAST_API_KEY/);

      assert.match((await holdfast(['logout'])).stderr, /Logged out of/);
      assert.ok(!(await readFile(path, 'utf8')).includes('anna'));
      refused(await holdfast(['whoami']), 6, /Nothing was presented/);
      assert.match((await holdfast(['logout'])).stderr, /There was no login/);
    }));

  it('changes, resets and deletes users, whose logins end; the audit log has it all', () =>
    withPerson(async person => {
      const { holdfast } = person;
      const asTester = { apiKey: TEST_KEY };
      const login = ['login', '--user', 'anna'];
      ok(await holdfast(login, { stdin: `${await createAnna(person)}\n${NEW_PASSWORD}\n` }));

      ok(await holdfast(['users', 'update', 'anna', '--role', 'viewer'], asTester));
      assert.match(ok(await holdfast(['whoami'])), /^anna \(viewer\)/);
      refused(await holdfast(['users', 'update', 'anna'], asTester), 2, /Nothing to change was given/);
      ok(await holdfast(['users', 'update', 'anna', '--disable'], asTester));
      assert.match(ok(await holdfast(['users', 'list'], asTester)), /anna\s+viewer\s+disabled/);
      refused(await holdfast(['whoami']), 6, /What was presented is the login to .* it has ended/);
      ok(await holdfast(['users', 'update', 'anna', '--enable'], asTester));
      const once = ok(await holdfast(['users', 'reset-password', 'anna', '--yes'], asTester)).trim();
      ok(await holdfast(login, { stdin: `${once}\nyet another long word\n` }));
      const changed = await holdfast(['password'], {
        stdin: `yet another long word\n${NEW_PASSWORD}\n`,
      });
      assert.match(changed.stderr, /The password of anna is changed/);
      ok(await holdfast(['whoami']));
      ok(await holdfast(['users', 'delete', 'anna', '--yes'], asTester));
      refused(await holdfast(login, { stdin: `${NEW_PASSWORD}\n` }), 6, /password/);

      const { events } = audited.parse(
        JSON.parse(ok(await holdfast(['audit', '--actor', 'tester/test', '--json'], asTester))),
      );
      const done = events.map(({ method, outcome }) => `${method.replace(/^.*\//, '')} ${outcome}`);
      assert.deepEqual(done, [
        'DeleteUser OK',
        'UpdateUser OK',
        'UpdateUser OK',
        'UpdateUser OK',
        'UpdateUser OK',
        'CreateUser OK',
      ]);
      assert.equal(
        ok(await holdfast(['audit', '--limit', '3'], asTester))
          .trim()
          .split('\n').length,
        4,
      );
    }));

  it('asks at a terminal and shows nothing of what is typed; Ctrl-C leaves', function () {
    const python = requirePeer(this, 'python');
    return withPerson(async (person, { addresses }) => {
      const once = await createAnna(person);
      const environment = {
        PATH: process.env.PATH,
        TERM: 'dumb',
        ...person.environment,
        HOLDFAST_CONTROL_PORT: addresses.control?.split(':')[1],
      };
      const command = [process.execPath, 'bin/holdfast.ts', 'login', '--user', 'anna'];
      const { screens, last, code } = await atTerminal(
        python,
        command,
        [
          { until: /Password of anna at .*: $/, send: `${once}\r` },
          { until: /New password.*: $/, send: `${NEW_PASSWORD}x\u007f\r` },
          { until: /The same again: $/, send: `${NEW_PASSWORD}\r` },
        ],
        environment,
      );
      assert.equal(code, 0, last);
      const seen = [...screens, last].join('');
      assert.match(last, /anna \(operator\)/);
      assert.ok(!seen.includes(once) && !seen.includes('nobody guesses'), seen);
      const left = await atTerminal(python, command, [{ until: /: $/, send: 'half\u0003' }], environment);
      assert.equal(left.code, 130, left.last);
    });
  });
});
