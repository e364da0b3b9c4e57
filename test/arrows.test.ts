import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import { describe, it } from 'mocha';
import { arrows, cruiseOptions, typeArrows } from './support/arrowRules.ts';

// The folders' arrows hold (ARCHITECTURE.md), nothing goes in circles, and every folder of code has its arrows stated.

const folders = Object.keys(arrows);

describe('arrows between the folders', () => {
  it('hold everywhere', async () => {
    const present = folders.filter(folder => readdirSync('.').includes(folder));
    const { output } = await cruise(present, cruiseOptions);
    if (typeof output === 'string')
      throw new TypeError('dependency-cruiser answered a text; expected its result');
    assert.ok(output.summary.totalCruised > 100, `only ${output.summary.totalCruised} files were looked at`);
    assert.deepEqual(
      output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      [],
    );
  });

  it('carry only types where only types may cross', () => {
    for (const [folder, targets] of Object.entries(typeArrows)) {
      const files = readdirSync(folder, { recursive: true })
        .map(String)
        .filter(file => file.endsWith('.ts'));
      const crossing = files.flatMap(file =>
        [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^(?:import|export)[^;]*? from '([^']+)';/gm)]
          .filter(([, from]) => targets.some(target => from.includes(`../${target}/`)))
          .map(([statement]) => ({ file, statement })),
      );
      assert.ok(
        crossing.length > 0,
        `${folder} imports nothing from ${targets.join(', ')}: the arrow is stale`,
      );
      assert.deepEqual(
        crossing.filter(({ statement }) => !statement.startsWith('import type ')),
        [],
      );
    }
  });

  it('are stated for every folder of TypeScript', () => {
    const apart = new Set(['test', 'bench', 'docs', 'node_modules', 'console']);
    const found = readdirSync('.', { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !apart.has(entry.name))
      .map(entry => entry.name)
      .filter(name => readdirSync(name, { recursive: true }).some(file => String(file).endsWith('.ts')));
    assert.deepEqual(
      found.filter(name => !folders.includes(name)),
      [],
    );
  });

  it('are the ones that ARCHITECTURE.md draws', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const [, block] = /^## Arrows\n```\n([^]*?)^```$/m.exec(text) ?? [];
    assert.ok(block, 'ARCHITECTURE.md has no block of arrows');
    assert.deepEqual(drawnArrows(block), {
      run: byName(arrows),
      types: byName(typeArrows),
    });
    for (const folder of folders)
      assert.match(text, new RegExp(`^\\| \`${folder}/\``, 'm'), `the code map lacks ${folder}/`);
  });
});

const byName = (all: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(all).map(([folder, targets]) => [folder, targets.toSorted()]));

/** Lines such as `a, b → c, d; of e only the types`. */
function drawnArrows(block: string) {
  const run: Record<string, readonly string[]> = {};
  const types: Record<string, readonly string[]> = {};
  for (const line of block.trimEnd().split('\n')) {
    const [, from, to, typed] = /^(.*?) → (.*?)(?:; of (.*) only the types)?$/.exec(line) ?? [];
    assert.ok(from && to, `not an arrow: ${line}`);
    for (const folder of names(from)) {
      assert.ok(!(folder in run), `${folder} is drawn twice`);
      run[folder] = to === 'nothing of ours' ? [] : names(to);
      if (typed !== undefined) types[folder] = names(typed);
    }
  }
  return { run, types };
}

const names = (list: string): string[] =>
  list
    .split(',')
    .map(name => name.trim())
    .toSorted();
