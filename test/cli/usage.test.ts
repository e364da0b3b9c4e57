import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type HoldfastOutcome, runHoldfast, runHoldfastInTurn } from '../support/runHoldfast.ts';

// What the command says of itself, and how it answers what it does not understand: without any server.
// Most run in one process after another; that the command itself does the same is shown by the last ones and by all other tests.

const commands = [
  [],
  ['start'],
  ['status'],
  ['train'],
  ['runs'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['runs', 'watch'],
  ['runs', 'cancel'],
  ['models'],
  ['models', 'list'],
  ['models', 'show'],
  ['models', 'report'],
  ['models', 'promote'],
  ['models', 'rollback'],
  ['models', 'history'],
  ['models', 'archive'],
  ['models', 'unarchive'],
  ['datasets'],
  ['datasets', 'list'],
  ['datasets', 'show'],
  ['datasets', 'upload'],
  ['datasets', 'validate'],
  ['experiments'],
  ['experiments', 'start'],
  ['experiments', 'adjust'],
  ['experiments', 'stop'],
  ['experiments', 'list'],
  ['experiments', 'show'],
  ['experiments', 'results'],
  ['outcomes', 'record'],
  ['customers'],
  ['customers', 'list'],
  ['customers', 'show'],
  ['baseline', 'show'],
  ['baseline', 'set'],
  ['predict'],
  ['explain'],
  ['submit'],
  ['score'],
  ['evaluate'],
  ['simulate'],
  ['init'],
  ['completion'],
  ['login'],
  ['logout'],
  ['whoami'],
  ['password'],
  ['key'],
  ['keys'],
  ['keys', 'create'],
  ['keys', 'list'],
  ['keys', 'revoke'],
  ['users'],
  ['users', 'list'],
  ['users', 'create'],
  ['users', 'update'],
  ['users', 'delete'],
  ['users', 'reset-password'],
  ['audit'],
] as const;

const golden = 'test/golden/cliHelp.txt';

const errorBody = z.object({ error: z.object({ code: z.string(), violations: z.unknown() }) });

const simulate = async (...args: string[]): Promise<string> =>
  (await runHoldfast(['simulate', '--out', '-', ...args])).stdout;

describe('holdfast', () => {
  it('has the help of test/golden/cliHelp.txt', async () => {
    const lines = commands.map(command => [...command, '--help']);
    const outcomes = await runHoldfastInTurn(lines);
    const help = outcomes
      .map(({ code, stdout, stderr }, index) => {
        const line = `holdfast ${lines[index].join(' ')}`;
        assert.deepEqual([code, stderr], [0, ''], line);
        return `$ ${line}\n${stdout}`;
      })
      .join('\n');
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(golden, help);
    assert.equal(help, await readFile(golden, 'utf8'), 'UPDATE_GOLDEN=1 writes what is new');
  });

  const refused: [string, string[], number, RegExp][] = [
    ['a mistyped command', ['modls', 'list'], 2, /unknown command 'modls'\n\(Did you mean models\?\)/],
    ['a mistyped subcommand', ['models', 'lst'], 2, /unknown command 'lst'\n\(Did you mean list\?\)/],
    ['a mistyped option', ['train', '--wiat'], 2, /unknown option '--wiat'\n\(Did you mean --wait\?\)/],
    ['a missing argument', ['models', 'promote', 'churn'], 2, /missing required argument 'version'/],
    ['a missing option', ['score', '--in', 'a.csv'], 2, /required option '--out <file>' not specified/],
    ['an unknown choice', ['train', '--recipe', 'best'], 2, /Allowed choices are holdfast, original/],
    ['an unknown format', ['models', 'list', '-o', 'xml'], 2, /Allowed choices are table, json/],
    ['a limit of zero', ['runs', 'list', '--limit', '0'], 2, /whole number from 1 to 1000/],
    ['no data to evaluate on', ['evaluate'], 2, /required option '--data <file>' not specified/],
    [
      'a table to evaluate on that is not there',
      ['evaluate', '--data', 'no.csv'],
      3,
      /no\.csv does not exist/,
    ],
    ['no split at all', ['evaluate', '--data', 'x', '--splits', '0'], 2, /whole number from 1 to 1000/],
    ['no command', [], 2, /Usage: holdfast/],
    ['a noun alone', ['models'], 2, /Usage: holdfast models/],
    ['a strange address', ['status', '--control', 'here'], 2, /--control is "here"; expected HOST:PORT/],
    [
      'a server that is none',
      ['status', '--server', 'ftp://x'],
      2,
      /--server is "ftp:\/\/x"; expected a host, https:\/\/HOST/,
    ],
    [
      'a user without a role',
      ['users', 'create', 'anna'],
      2,
      /required option '--role <role>' not specified/,
    ],
    [
      'a role that is none',
      ['keys', 'create', 'x', '--role', 'root'],
      2,
      /Allowed choices are viewer, predictor, operator, admin/,
    ],
    [
      'a user both in and out',
      ['users', 'update', 'x', '--enable', '--disable'],
      2,
      /'--disable' cannot be used with option '--enable'/,
    ],
    ['a shell without completion', ['completion', 'tcsh'], 2, /Allowed choices are bash, zsh, fish/],
    ['nothing to score', ['predict'], 2, /Nothing to score was given: expected one of/],
    ['two things to score', ['predict', '{}', '--set', 'a=1'], 2, /Several sources were given/],
    ['JSON that is none', ['predict', '{tenure: 5}'], 2, /The argument is not JSON/],
    ['instances that are none', ['predict', '[1]'], 2, /instances\[0\]: expected an object/],
    ['two customers to submit', ['submit', '[{},{}]'], 2, /2 customers were given; expected one/],
    ['a nested value', ['predict', '{"a":{"b":1}}'], 2, /instances\[0\]\.a: expected text, a number/],
    ['a file that is not there', ['predict', '--file', 'no.json'], 3, /no\.json does not exist/],
    ['data that is not there', ['train', '--data', 'no.csv'], 3, /no\.csv does not exist/],
    ['data that is a folder', ['train', '--data', '.'], 2, /is a folder; expected a CSV or Parquet file/],
    [
      'an arm without a share',
      ['experiments', 'start', 'x', '--arm', 'A=production'],
      2,
      /--arm A=production cannot be read: expected NAME=VERSION:PERCENT, as B=staging:20/,
    ],
    [
      'a server that is away',
      ['models', 'list'],
      1,
      /No connection to the control server at 127\.0\.0\.1:1.*npm start/,
    ],
    [
      'simulated data of an unknown drift',
      ['simulate', '--drift', 'x', '--out', '-'],
      2,
      /Allowed choices are none/,
    ],
    [
      'an output folder that is not there',
      ['simulate', '--out', 'no/x.csv'],
      3,
      /The folder .*no does not exist/,
    ],
  ];
  let outcomes: HoldfastOutcome[];
  before(async () => {
    outcomes = await runHoldfastInTurn(refused.map(([, args]) => args));
  });
  for (const [index, [what, , exit, message]] of refused.entries())
    it(`answers ${what} with exit code ${exit} and the reason on stderr`, () => {
      const { code, stdout, stderr } = outcomes[index];
      assert.equal(code, exit, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    });

  it('tells errors as JSON on stderr with --json', async () => {
    const { code, stdout, stderr } = await runHoldfast(['predict', '[1]', '--json']);
    assert.deepEqual([code, stdout], [2, '']);
    const { error } = errorBody.parse(JSON.parse(stderr));
    assert.equal(error.code, 'invalidArgument');
    assert.deepEqual(error.violations, [
      { field: 'instances[0]', description: 'expected an object: column to value' },
    ]);
  });

  it('refuses a wrong environment by its variable', async () => {
    const environment = { HOLDFAST_CONTROL_PORT: 'x' };
    const { code, stderr } = await runHoldfast(['models', 'list'], { environment });
    assert.equal(code, 2);
    assert.match(stderr, /HOLDFAST_CONTROL_PORT/);
  });

  it('simulates the same customers for the same seed, and others from another row on', async () => {
    const six = await simulate('--rows', '6', '--seed', '7');
    assert.equal(six.split('\n').length, 8);
    const [header, ...rows] = six.split('\n');
    assert.match(header, /^customerID,.*,Churn$/);
    const last = await simulate('--rows', '2', '--seed', '7', '--start-row', '4');
    assert.deepEqual(last.split('\n').slice(1), rows.slice(4));
  });
});
