import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { buildProgram } from '../../cli/buildProgram.ts';
import { listCandidates } from '../../cli/completion/listCandidates.ts';
import { readWords } from '../../cli/completion/readWords.ts';
import { createServerNames } from '../../cli/completion/serverNames.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { requirePeer, requireShell } from '../peers/requirePeer.ts';
import { atTerminal, type Step } from '../support/atTerminal.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { shareSystem, type SystemWorld, withSystem } from '../support/withSystem.ts';

// What comes next: as the program tells it, and as real shells then complete it before a real registry.

const environment = ({ addresses, home }: SystemWorld): NodeJS.ProcessEnv => ({
  PATH: `${resolve('.')}:${process.env.PATH}`,
  HOME: home,
  TERM: 'dumb',
  PS1: '$ ',
  HOLDFAST_API_KEY: TEST_KEY,
  HOLDFAST_CONTROL_PORT: addresses.control?.split(':')[1],
});

const valuesOf = (lines: string): string[] =>
  lines
    .split('\n')
    .slice(0, -1)
    .map(line => line.split('\t')[0]);

const { program } = buildProgram([], {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: new AbortController().signal,
  directory: '.',
  evaluateFile: () => assert.fail('nothing is evaluated here'),
});
const noServer = createServerNames(() => {
  throw new HoldfastError('unavailable', 'away');
});

describe('holdfast complete', () => {
  for (const [what, words, expected] of [
    ['a command', ['mod'], ['models']],
    ['a subcommand', ['models', 'pro'], ['promote']],
    ['options of the command and of all', ['models', 'list', '--o'], ['--order-by', '--output']],
    ['no option twice', ['models', 'list', '--json', '--js'], []],
    ['a repeated option twice', ['experiments', 'start', 'x', '--arm', 'A=1:50', '--ar'], ['--arm']],
    ['the choices of an option', ['train', '--recipe', ''], ['holdfast', 'original']],
    ['the choices behind an equals sign', ['train', '--recipe=o'], ['--recipe=original']],
    ['the choices of an argument', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['files where a file is meant', ['score', '--in', ''], 'files'],
    ['files behind an equals sign', ['train', '--data=x'], 'files'],
    ['a file as an argument', ['init', ''], 'files'],
    ['commands behind global options', ['--server', 'x', '-o', 'json', 'mod'], ['models']],
    ['nothing behind the last argument', ['runs', 'show', 'x', ''], []],
    ['nothing where the server is away', ['models', 'show', ''], []],
    ['nothing of an unknown command', ['modls', 'sh'], []],
  ] as const)
    it(`knows ${what}`, async () => {
      const found = await listCandidates(readWords(program, words), noServer);
      assert.deepEqual(found === 'files' ? found : found.map(({ value }) => value), expected);
    });

  it('knows the names that the server knows', () =>
    withSystem(async ({ addresses }) => {
      const control = addresses.control ?? '';
      for (const [words, expected] of [
        [['models', 'show', ''], ['churn']],
        [
          ['models', 'show', 'churn', ''],
          ['production', '2', '1'],
        ],
        [['predict', '--version', 'p'], ['production']],
        [['predict', '--model=c'], ['--model=churn']],
        [['runs', 'show', ''], ['train-churn']],
        [['experiments', 'stop', ''], []],
        [['users', 'delete', 't'], ['tester']],
        [['keys', 'revoke', ''], ['testkey000']],
      ] as const) {
        const { code, stdout, stderr } = await runHoldfast([
          'complete',
          '--',
          '--control',
          control,
          ...words,
        ]);
        assert.deepEqual([code, stderr], [0, '']);
        assert.deepEqual(valuesOf(stdout), expected, words.join(' '));
      }
    }));

  it('says nothing of a server that is none', async () => {
    const words = ['--server', ':', 'models', 'show', ''];
    assert.deepEqual(await runHoldfast(['complete', '--', ...words]), { code: 0, stdout: '', stderr: '' });
  });
});

/** What is typed at a prompt, and what then stands there. */
const typed: readonly (readonly [string, RegExp])[] = [
  ['holdfast mod\t', /models $/],
  ['sh\t', /show $/],
  ['churn pro\t', /production $/],
  ['--js\t', /--json $/],
  ['\u0015holdfast predict --model=ch\t', /--model=churn $/],
  ['\u0015holdfast train --recipe or\t', /--recipe original $/],
  ['\u0015holdfast score --in READ\t', /--in README\.md $/],
  ['\u0015holdfast score --in=READ\t', /--in=README\.md $/],
];

const stepsAfter = (source: string): Step[] => [
  { until: /\$ $/, send: `${source}; echo re''ady\n` },
  { until: /ready[^$]*\$ $/, send: typed[0][0] },
  ...typed.map(([, until], place) => ({ until, send: typed[place + 1]?.[0] ?? '\u0015exit\n' })),
];

describe('completion', () => {
  const onSystem = shareSystem();

  it('completes in a real bash', function () {
    return onSystem(async world => {
      const bash = [requireShell(this, 'bash'), '--norc', '--noprofile', '-i'];
      const steps = stepsAfter('source <(holdfast completion bash)');
      const { code } = await atTerminal(requirePeer(this, 'python'), bash, steps, environment(world));
      assert.equal(code, 0);
    });
  });

  it('completes in a real zsh', function () {
    return onSystem(async world => {
      const zsh = [requireShell(this, 'zsh'), '-f', '-i'];
      const steps = stepsAfter('autoload -U compinit; compinit -D -u; source <(holdfast completion zsh)');
      const { code } = await atTerminal(requirePeer(this, 'python'), zsh, steps, environment(world));
      assert.equal(code, 0);
    });
  });

  it('completes in a real fish', function () {
    const fish = requireShell(this, 'fish');
    return onSystem(async world => {
      const asked = [
        'mod',
        'models show churn pro',
        'predict --model=ch',
        'score --in READ',
        'score --in=READ',
      ];
      const script = `source (holdfast completion fish | psub); ${asked.map(line => `complete -C "holdfast ${line}"`).join('; ')}`;
      const { stdout } = await promisify(execFile)(fish, ['--no-config', '-c', script], {
        env: environment(world),
      });
      assert.deepEqual(valuesOf(stdout), [
        'models',
        'production',
        '--model=churn',
        'README.md',
        '--in=README.md',
      ]);
    });
  });
});
