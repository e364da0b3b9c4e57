import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { requireData } from '../peers/requirePeer.ts';
import { Started } from '../setup/support/Started.ts';
import { createInstallation, type Installation } from './support/installation.ts';

// Every command of the README's `sh` blocks, in its order, against an installation that `npm start` made: what the README
// says works is what this runs. The bank model gets another name, so that nobody's own projects/bank.ts is touched.

const readme = readFileSync('README.md', 'utf8');
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
  block.trim().split('\n'),
);
const bank = 'readme-bank';
const definition = join('projects', `${bank}.ts`);

/** What a command must have printed, besides ending with 0. */
const expectations: readonly [command: RegExp, expected: RegExp][] = [
  [/^\.\/holdfast status/, /inference/],
  [/^\.\/holdfast models list/, /churn/],
  [/^\.\/holdfast models show churn production --json/, /"rocAuc":/],
  [/^\.\/holdfast models show churn$/, /multilayerPerceptron/],
  [/^\.\/holdfast datasets list/, /simulator/],
  [/^\.\/holdfast runs list/, /succeeded/],
  [/^\.\/holdfast models report production/, /reports\/churn-\d+\.html/],
  [/^\.\/holdfast predict/, /(Yes|No)/],
  [/^\.\/holdfast evaluate/, /logLoss .*0\.\d{4} ± 0\.\d{4}/],
  [/^\.\/holdfast submit/, /(Yes|No)/],
  [/^\.\/holdfast experiments show/, /adjust/],
  [/^\.\/holdfast experiments list/, /stopped/],
  [/^curl/, /"probabilities":\[0?\.?\d/],
  [/^\.\/holdfast train --data/, /champion/],
  [/^temporal workflow start/, /WorkflowId\s+(?:t[12]|i1)/],
  [/^\.\/holdfast datasets ingest/, /stage\s+unchanged, version \d+/],
  [/^\.\/holdfast runs watch/, /succeeded/],
  [/^\.\/holdfast models history churn --at/, /promoted .*rolled back/],
  [/^\.\/holdfast models history/, /the blend/],
  [/^\.\/holdfast models show bank/, /production/],
];

describe('README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-readme-'));
  let installation: Installation;
  let stderr = '';

  before(async function () {
    // Nobody else's: the name is this test's, which may have been killed before it could clean up.
    rmSync(definition, { force: true });
    copyFileSync(requireData(this, 'bank-churn.csv'), join(folder, 'BANK.csv'));
    symlinkSync(resolve('holdfast'), join(folder, 'holdfast'));
    installation = await createInstallation(this);
    const system = installation.npmStart();
    await system.until('Try it:');
    stderr = system.stdout;
  });
  after(async () => {
    await installation?.close();
    rmSync(definition, { force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (command: string): Started =>
    new Started('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder,
      env: {
        ...installation.environment,
        TEMPORAL_ADDRESS: `127.0.0.1:${installation.environment.HOLDFAST_TEMPORAL_PORT}`,
      },
    });

  it('has its commands in sh blocks, and each expectation is of one of them', () => {
    assert.ok(commands.length >= 20, `only ${commands.length} commands`);
    for (const [pattern] of expectations)
      assert.ok(
        commands.some(command => pattern.test(command)),
        String(pattern),
      );
  });

  it('the curl line that npm start prints works', async () => {
    const line = stderr.split('\n').find(each => each.startsWith('curl '));
    assert.ok(line, stderr);
    const curl = run(line.replace('curl -s', 'curl -sf'));
    assert.equal(await curl.exit, 0, curl.stderr);
    assert.equal(JSON.parse(curl.stdout).probabilities.length, 1);
  });

  for (const command of commands)
    it(`\`${command.length > 90 ? `${command.slice(0, 90)}…` : command}\``, async () => {
      const own = command.replaceAll(/\bbank\b/g, bank);
      const started = run(own);
      assert.equal(await started.exit, 0, `${started.stdout}\n${started.stderr}`);
      const [, expected] = expectations.find(([pattern]) => pattern.test(command)) ?? [];
      if (expected !== undefined) assert.match(started.stdout, expected);
    });

  it('score kept every row and added three columns', () => {
    const [given, scored] = ['customers.csv', 'scored.csv'].map(file =>
      readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'),
    );
    assert.equal(scored.length, 501);
    scored.forEach((line, row) => assert.ok(line.startsWith(given[row].trimEnd()), `row ${row}: ${line}`));
    assert.ok(scored[0].trimEnd().endsWith(',probability,label,model_version'), scored[0]);
  });
});
