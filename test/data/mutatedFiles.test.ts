import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, it } from 'mocha';
import { ingestFile } from '../../activities/data/ingestFile.ts';
import type { IngestResult } from '../../activities/data/ingestSource.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import { createRandom, type Random } from '../../ml/random/createRandom.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Files as they should not be. Whatever the bytes, the answer is an error for the user that names the file, or a result
// whose counts add up; never another error, never a row that is lost.

const FILES = 500;

const definition = (maximumQuarantinedShare: number) =>
  defineProject({
    name: 'mutated',
    id: 'id',
    label: { column: 'left', positive: 'yes', negative: 'no' },
    columns: {
      age: { kind: 'number', min: 0, max: 120, integer: true },
      income: { kind: 'number', missing: 'impute' },
      plan: { kind: 'category', levels: ['basic', 'plus'] },
      city: { kind: 'category', missing: 'impute' },
    },
    maximumQuarantinedShare,
  });

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const onText =
  (change: (text: string, random: Random) => string): Mutation =>
  (bytes, random) =>
    Buffer.from(change(bytes.toString('latin1'), random), 'latin1');

const onLine = (change: (line: string, random: Random) => string): Mutation =>
  onText((text, random) => {
    const lines = text.split('\n');
    const chosen = random.below(lines.length);
    lines[chosen] = change(lines[chosen], random);
    return lines.join('\n');
  });

const insert = (text: string): Mutation =>
  onText((whole, random) => {
    const at = random.below(whole.length + 1);
    return whole.slice(0, at) + text + whole.slice(at);
  });

const mutations: Readonly<Record<string, Mutation>> = {
  'byte order mark': bytes => Buffer.concat([Buffer.from('\uFEFF'), bytes]),
  CRLF: onText(text => text.replaceAll('\n', '\r\n')),
  'carriage returns only': onText(text => text.replaceAll('\n', '\r')),
  semicolons: onText(text => text.replaceAll(',', ';')),
  'extra field': onLine(line => `${line},extra`),
  'extra column': onText(text => text.replaceAll('\n', ',more\n')),
  'missing field': onLine(line => line.replace(/,[^,]*/, '')),
  'missing column': onText(text => text.replace(/^[^,\n]*,/gm, '')),
  'all null': onText(text => text.replace(/\n[^\n]*/g, line => line.replace(/[^,\n]+/g, ''))),
  'long field': onLine(line => line.replace(/[^,]+$/, 'x'.repeat(200_000))),
  'long number': onLine(line => line.replace(/\d+/, '9'.repeat(400))),
  'repeated line': onLine(line => `${line}\n${line}`),
  'lost line': onLine(() => ''),
  'header only': onText(text => `${text.split('\n')[0]}\n`),
  'no header': onText(text => text.split('\n').slice(1).join('\n')),
  'header twice': onText(text => `${text.split('\n')[0]}\n${text}`),
  empty: () => Buffer.alloc(0),
  truncated: (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  'random byte': (bytes, random) => {
    const damaged = Buffer.from(bytes);
    if (damaged.length > 0) damaged[random.below(damaged.length)] = random.below(256);
    return damaged;
  },
  'invalid UTF-8': insert('\xff'),
  'half a character': insert('\xe2\x82'),
  'zero byte': insert('\0'),
  quote: insert('"'),
  newline: insert('\n'),
  comma: insert(','),
  'a whole file of another kind': (_, random) =>
    Buffer.from(Array.from({ length: 500 }, () => random.below(256))),
};

function createSource(random: Random): Buffer {
  const rows = Array.from({ length: 60 + random.below(60) }, (_, row) =>
    [
      `customer ${row}`,
      random.below(100),
      random.below(4) === 0 ? '' : (random.next() * 1e4).toFixed(2),
      random.below(2) === 0 ? 'basic' : 'plus',
      ['Zürich', '"Berne, old town"', ''][random.below(3)],
      random.below(3) === 0 ? 'yes' : 'no',
    ].join(','),
  );
  return Buffer.from(`id,age,income,plan,city,left\n${rows.join('\n')}\n`);
}

async function checkResult(
  result: IngestResult,
  artifacts: ReturnType<typeof createLocalArtifactStore>,
): Promise<void> {
  assert.equal(result.rows + result.quarantined, result.sourceRows);
  assert.equal(decodeTable(await artifacts.get(result.tableDigest)).rowCount, result.rows);
  assert.equal(result.profile.rows, result.rows);
  assert.equal(result.quarantineFile === null, result.quarantined === 0);
  assert.equal(new Set(result.violations.map(({ row }) => row)).size, result.quarantined);
  if (result.quarantineFile === null) return;
  const records: string[][] = parse(await readFile(result.quarantineFile), { relax_column_count: true });
  assert.deepEqual(
    records.slice(1).map(([row]) => Number(row)),
    [...new Set(result.violations.map(({ row }) => row))],
  );
}

describe('mutated files', () => {
  it(`end in an error for the user or in counts that add up (${FILES} files)`, async () => {
    let accepted = 0;
    const codes = new Set<string>();
    await withTemporaryFolder(async folder => {
      const artifacts = createLocalArtifactStore(join(folder, 'artifacts'));
      const path = join(folder, 'mutated.csv');
      for (let seed = 1; seed <= FILES; seed++) {
        const random = createRandom(seed);
        let bytes = createSource(random);
        const applied: string[] = [];
        for (let count = random.below(4); count >= 0; count--) {
          const name = Object.keys(mutations)[random.below(Object.keys(mutations).length)];
          bytes = mutations[name](bytes, random);
          applied.push(name);
        }
        await writeFile(path, bytes);
        try {
          const input = {
            definition: definition([0.05, 1][seed % 2]),
            path,
            artifacts,
            quarantineFolder: folder,
          };
          await checkResult(await ingestFile(input), artifacts);
          accepted++;
        } catch (error) {
          const told = error instanceof HoldfastError && error.message.includes(path);
          if (!told) throw new Error(`seed ${seed}: ${applied.join(', ')}`, { cause: error });
          codes.add(error.code);
        }
        assert.deepEqual(
          (await readdir(folder)).filter(name => name.endsWith('.tmp')),
          [],
          `seed ${seed}`,
        );
      }
      await rm(path);
    });
    // Both ends must have been met, or the mutations are too mild or too wild to show anything.
    assert.ok(accepted > FILES / 10 && accepted < FILES * 0.9, `${accepted} of ${FILES} accepted`);
    assert.deepEqual([...codes].sort(), ['failedPrecondition', 'invalidArgument']);
  });
});
