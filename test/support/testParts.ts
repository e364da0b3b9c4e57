import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';

// What runTests.ts runs side by side. A part is a process that shares what its tests start (PostgreSQL, Temporal), so a folder
// of test/ is one part; where each file starts whole systems for itself, each is its own.

const root = resolve(import.meta.dirname, '../..');

/** Folders whose files share nothing. */
const byFile = ['e2e', 'setup', 'bench', 'faults'];

/** The ones that take longest, longest first: begun last, one would be waited for alone. */
const longest = [
  'e2e',
  'gateway',
  'cli',
  'workflows',
  'inference',
  'control',
  'faults',
  'tracking',
  'ml',
].map(each => `test/${each}`);

export interface TestPart {
  readonly name: string;
  readonly files: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Every test, those of faults only where a seed is given for what they draw: they take minutes, and another seed each time
 * (`npm run test:faults`, and CI).
 */
export function testParts(faultSeed: string | undefined): TestPart[] {
  const parts = new Map<string, string[]>();
  for (const file of globSync('test/**/*.test.ts', { cwd: root }).sort()) {
    const [, folder] = file.split('/');
    if (folder === 'faults' && faultSeed === undefined) continue;
    const name = byFile.includes(folder) || folder.endsWith('.ts') ? file : join('test', folder);
    parts.set(name, [...(parts.get(name) ?? []), file]);
  }
  return [...parts]
    .map(([name, files]) => ({
      name,
      files,
      environment: name.startsWith('test/faults/') ? { HOLDFAST_TEST_SEED: faultSeed } : {},
    }))
    .sort((a, b) => rank(a.name) - rank(b.name));
}

function rank(name: string): number {
  const index = longest.findIndex(each => name.startsWith(each));
  return index < 0 ? longest.length : index;
}
