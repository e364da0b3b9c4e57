import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';

// What runTests.ts runs side by side. A part is a process that shares what its tests start (PostgreSQL, Temporal), so a folder
// of test/ is one part; where each file starts whole systems for itself, each is its own.

const root = resolve(import.meta.dirname, '../..');

/** Folders whose files share nothing. */
const byFile = ['e2e', 'setup', 'bench'];

/** The ones that take longest, longest first: begun last, one would be waited for alone. */
const longest = ['e2e', 'inference', 'workflows', 'cli', 'control', 'tracking', 'gateway', 'ml'].map(
  each => `test/${each}`,
);

export interface TestPart {
  readonly name: string;
  readonly files: readonly string[];
}

/** Every test but those of faults, which take minutes and random seeds (`npm run test:faults`). */
export function testParts(): TestPart[] {
  const parts = new Map<string, string[]>();
  for (const file of globSync('test/**/*.test.ts', { cwd: root }).sort()) {
    const [, folder] = file.split('/');
    if (folder === 'faults') continue;
    const name = byFile.includes(folder) || folder.endsWith('.ts') ? file : join('test', folder);
    parts.set(name, [...(parts.get(name) ?? []), file]);
  }
  return [...parts].map(([name, files]) => ({ name, files })).sort((a, b) => rank(a.name) - rank(b.name));
}

function rank(name: string): number {
  const index = longest.findIndex(each => name.startsWith(each));
  return index < 0 ? longest.length : index;
}
