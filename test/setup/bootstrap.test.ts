import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { Started } from './support/Started.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const root = resolve(import.meta.dirname, '../..');
const bootstrap = (folder: string): string => join(folder, 'bin/bootstrap.mjs');
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

describe('bootstrap', () => {
  const folder = temporaryFolder();

  /** A checkout as it is right after the clone. */
  function bareCheckout(): string {
    const checkout = mkdtempSync(join(folder, 'checkout-'));
    mkdirSync(join(checkout, 'bin'));
    for (const file of ['package.json', 'package-lock.json', '.npmrc', 'bin/bootstrap.mjs', 'holdfast']) {
      copyFileSync(join(root, file), join(checkout, file));
    }
    return checkout;
  }
  const withoutNetwork = (): NodeJS.ProcessEnv => ({
    ...process.env,
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_fetch_retries: '0',
    npm_config_cache: mkdtempSync(join(folder, 'cache-')),
  });

  it('finds that everything is installed, and installs nothing', async () => {
    const started = new Started(process.execPath, [bootstrap(root), 'install'], { env: withoutNetwork() });
    assert.equal(await started.exit, 0);
    assert.equal(started.stderr, '');
  });

  it('says in one sentence that the registry cannot be reached', async () => {
    const started = new Started(process.execPath, [bootstrap(bareCheckout()), 'start'], {
      env: withoutNetwork(),
    });
    assert.equal(await started.exit, 1);
    assert.match(
      started.stderr,
      /^Installing .*\nThe npm registry cannot be reached \(ECONNREFUSED\), so .* then try again\.\n$/,
    );
  });

  it('installs again where one package is another version than package-lock.json asks for', async () => {
    const checkout = bareCheckout();
    mkdirSync(join(checkout, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(join(checkout, 'node_modules/node/bin/node'), '');
    const installed = join(checkout, 'node_modules/.package-lock.json');
    copyFileSync(join(root, 'node_modules/.package-lock.json'), installed);
    const check = (): Started =>
      new Started(process.execPath, [bootstrap(checkout), 'install'], { env: withoutNetwork() });
    assert.equal(await check().exit, 0);
    const text = readFileSync(installed, 'utf8');
    const { packages } = lockFile.parse(JSON.parse(text));
    const version = packages['node_modules/pg']?.version;
    writeFileSync(installed, text.replace(`"version": "${version}"`, '"version": "0.0.1"'));
    assert.equal(await check().exit, 1);
  });

  it('waits while another start installs, and takes over from one that was killed', async () => {
    const checkout = bareCheckout();
    const lock = join(checkout, '.installing.pid');
    const other = new Started('sleep', ['600']);
    writeFileSync(lock, String(other.pid));
    const started = new Started(process.execPath, [bootstrap(checkout), 'start'], { env: withoutNetwork() });
    const waiting = `Another start (pid ${other.pid}) is installing the packages: waiting for it …\n`;
    while (started.stderr !== waiting) await sleep(20);
    await sleep(500);
    assert.equal(started.stderr, waiting, 'said once, and nothing is installed beside the other');
    other.child.kill('SIGKILL');
    await other.exit;
    assert.equal(await started.exit, 1);
    assert.match(started.stderr, /waiting for it …\nInstalling .*\nThe npm registry cannot be reached/);
    assert.ok(!existsSync(lock), 'it left its lock');
  });

  it('finds its Node through a symbolic link, from any folder', async () => {
    const link = join(folder, 'linked');
    symlinkSync(join(root, 'holdfast'), link);
    const started = new Started(link, ['--help'], { cwd: '/', env: { PATH: '/usr/bin:/bin' } });
    assert.equal(await started.exit, 0, started.stderr);
    assert.match(started.stdout, /^Usage: holdfast/);
  });

  it('has a lock file that names the optional packages of every platform, as newer npm demands', () => {
    const { packages } = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
    const names = new Set(Object.keys(packages).map(path => path.split('node_modules/').at(-1)));
    const absent = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter(name => !names.has(name));
    assert.deepEqual(absent, []);
  });
});

describe('npm start, before anything is started', () => {
  const home = join(temporaryFolder(), 'home');
  const start = (...args: string[]): Started =>
    new Started(process.execPath, [join(root, 'bin/start.ts'), ...args], {
      env: { ...process.env, HOLDFAST_HOME: home },
      cwd: root,
    });

  for (const { args, exit, sentence } of [
    {
      args: ['--data', 'no-such.csv'],
      exit: 3,
      sentence: /^holdfast start: --data .*no-such\.csv does not exist: .*\n$/,
    },
    { args: ['--data', 'test'], exit: 2, sentence: /^holdfast start: --data .*test is not a file: .*\n$/ },
    {
      args: ['--report', 'no/such/report.json'],
      exit: 2,
      sentence: /^holdfast start: --report .* cannot be written: .*\n$/,
    },
    {
      args: ['--model', 'nothing'],
      exit: 3,
      sentence: /^holdfast start: There is no project definition named "nothing"/,
    },
    {
      args: ['--report', '/dev/null'],
      exit: 2,
      sentence: /^holdfast start: --report \/dev\/null is there already and is not a file: .*\n$/,
    },
    { args: ['--recipe', 'secret'], exit: 2, sentence: /Allowed choices are holdfast, original/ },
  ]) {
    it(`refuses ${args.join(' ')}`, async () => {
      const started = start(...args);
      assert.equal(await started.exit, exit, started.stderr);
      assert.match(started.stderr, sentence);
      assert.equal(started.stdout, '');
    });
  }
});
