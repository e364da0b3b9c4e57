import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createRandom } from '../../ml/random/createRandom.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import { goodInstance } from '../support/smallModel.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { shareSystem, type SystemWorld, withSystem } from '../support/withSystem.ts';

const columns = ['tenure', 'charges', 'contract', 'senior', 'region'] as const;

/** Runs `score` on a file of this content in a folder of its own. */
async function score(world: SystemWorld, content: string | Buffer, ...args: string[]) {
  const input = join(world.home, 'in.csv');
  await writeFile(input, content);
  const outcome = await runHoldfast(['score', '--in', 'in.csv', '--out', 'out.csv', ...args], {
    ...world.addresses,
    directory: world.home,
  });
  const output = await readFile(join(world.home, 'out.csv'), 'latin1').catch(() => null);
  return { ...outcome, output };
}

const read = (output: string | null, delimiter = ','): Record<string, string>[] =>
  parse<Record<string, string>>(output ?? '', { columns: true, delimiter });

const good = Object.values(goodInstance).join(',');

describe('holdfast score', () => {
  const onSystem = shareSystem();

  it('answers what Predict answers, over several batches, and keeps every byte of the rows', async () => {
    await onSystem(async world => {
      const random = createRandom(7);
      const rows = Array.from({ length: 2_345 }, (_, index) => ({
        customer: `K-${index}`,
        tenure: random.below(121),
        // Blank is missing, and imputed.
        charges: random.next() < 0.1 ? '' : (0.1 + random.next() * 100).toFixed(2),
        contract: random.next() < 0.5 ? 'month' : 'year',
        senior: random.below(2),
        region: ['north', 'south', '', 'atlantis'][random.below(4)],
      }));
      const lines = rows.map(
        ({ customer, tenure, charges, contract, senior, region }, index) =>
          `${customer},"a ""quoted"", \n note ${index}", ${tenure} ,${charges},"${contract}",${senior},${region},Yes`,
      );
      const header = 'customer,nöte,tenure,charges,contract,senior,region,churned';
      const { code, stdout, stderr, output } = await score(
        world,
        Buffer.from(`\uFEFF${[header, ...lines].join('\r\n')}\r\n`),
        '--json',
      );
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        model: 'churn',
        modelVersion: 1,
        rows: 2_345,
        scored: 2_345,
        skipped: 0,
        output: 'out.csv',
      });
      const { probabilities, predictions } = await world.served.client.predict({
        model: 'churn',
        version: '1',
        returnProba: true,
        instances: rows.map(({ tenure, charges, contract, senior, region }) => ({
          tenure,
          charges: charges === '' ? null : Number(charges),
          contract,
          senior: String(senior),
          region: region === '' ? null : region,
        })),
      });
      const expected = [
        `\uFEFF${header},probability,label,model_version`,
        ...lines.map((line, index) => `${line},${probabilities[index]},${predictions[index]},1`),
      ];
      assert.equal(Buffer.from(output ?? '', 'latin1').toString(), `${expected.join('\r\n')}\r\n`);
      assert.ok(new Set(probabilities).size > 500, 'the rows are scored one by one');
    });
  });

  it('scores by the version that is asked for', async () => {
    await onSystem(async world => {
      const content = `${columns.join(',')}\n${good}\n`;
      const [first] = read((await score(world, content)).output);
      const [second] = read((await score(world, content, '--version', '2')).output);
      assert.equal(first?.model_version, '1');
      assert.equal(second?.model_version, '2');
      assert.notEqual(first?.probability, second?.probability);
    });
  });

  const shapes: [string, string, string[]][] = [
    ['semicolons', `${columns.join(';')}\n${good.replaceAll(',', ';')}\n`, []],
    ['tabs', `${columns.join('\t')}\n${good.replaceAll(',', '\t')}\n`, []],
    [
      'no line break at the end, blank lines, other columns first',
      `x,${columns.join(',')}\n\n1,${good}\n\n1,${good}`,
      [],
    ],
    ['other names for what is appended', `label,${columns.join(',')}\nYes,${good}\n`, ['--prefix', 'new_']],
  ];
  for (const [what, content, args] of shapes)
    it(`takes a file with ${what}`, async () => {
      await onSystem(async world => {
        const { code, stderr, output } = await score(world, content, ...args);
        assert.equal(code, 0, stderr);
        const [prediction] = (
          await world.served.client.predict({
            model: '',
            version: '',
            instances: [goodInstance],
            returnProba: true,
          })
        ).probabilities;
        const delimiter = content.includes(';') ? ';' : content.includes('\t') ? '\t' : ',';
        const prefix = args[1] ?? '';
        const records = read(output, delimiter);
        assert.equal(records.length, what.startsWith('no line break') ? 2 : 1);
        for (const record of records) assert.equal(Number(record[`${prefix}probability`]), prediction);
      });
    });

  it('tells every bad row with its place, and leaves the output as it was', async () => {
    await onSystem(async world => {
      await writeFile(join(world.home, 'out.csv'), 'what was there');
      const lines = Array.from({ length: 1_500 }, () => good);
      lines[0] = `abc,1.5,month,0,north`;
      lines[1] = `5,"1\n",month,0`;
      lines[1_233] = `5,1.5,,0,north`;
      lines[1_400] = `-1,x,month,0,north`;
      const { code, stderr, output } = await score(world, `${columns.join(',')}\n${lines.join('\n')}\n`);
      assert.equal(code, 2);
      assert.equal(output, 'what was there');
      assert.match(stderr, /4 of the 1,500 rows of .*in\.csv cannot be scored\. Nothing was written/);
      assert.match(
        stderr,
        /row 1 \(line 2\), tenure: expected a whole number from 0 to 120, got the text "abc"/,
      );
      assert.match(stderr, /row 2 \(line 3\): has 4 cells; expected 5/);
      assert.match(stderr, /row 1234 \(line 1236\), contract: expected text/);
      assert.match(stderr, /row 1401 \(line 1403\), tenure: expected a whole number from 0 to 120, got -1/);
      assert.match(stderr, /row 1401 \(line 1403\), charges: expected a number/);
      assert.deepEqual(
        (await readdir(world.home)).filter(name => name.endsWith('.partial')),
        [],
      );
    });
  });

  it('leaves bad rows blank with --skip-bad-rows, however many there are', async () => {
    await onSystem(async world => {
      const lines = Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? `x,1,month,0,north` : good));
      const { code, stderr, output } = await score(
        world,
        `${columns.join(',')}\n${lines.join('\n')}\n`,
        '--skip-bad-rows',
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /400 of 600 rows scored by churn version 1, 200 left blank/);
      const records = read(output);
      for (const [index, { probability, label, model_version }] of records.entries())
        if (index % 3 === 0) assert.deepEqual([probability, label, model_version], ['', '', '']);
        else assert.equal(model_version, '1');
      assert.equal(records.length, 600);
    });
  });

  it('reads what training reads: quotes within a field, lines that end differently, a header of quoted names', async () => {
    await onSystem(async world => {
      const header = ['pipe', ...columns].map(name => `"${name}"`).join(';');
      const rows = ['5" pipe', 'a "b" c', 'plain'].map(pipe => `${pipe};${good.replaceAll(',', ';')}`);
      const { code, stderr, output } = await score(
        world,
        `${header}\n${rows[0]}\r\n\n${rows[1]}\n${rows[2]}`,
      );
      assert.equal(code, 0, stderr);
      const lines = (output ?? '').split(/\r?\n/).filter(line => line !== '');
      assert.equal(lines.length, 1 + rows.length);
      rows.forEach((row, index) => assert.ok(lines[index + 1].startsWith(`${row};0.`), lines[index + 1]));
      const trained: string[] = [];
      for await (const { records } of readTextTable(join(world.home, 'in.csv')))
        trained.push(...records.map(([pipe]) => pipe));
      assert.deepEqual(trained, ['5" pipe', 'a "b" c', 'plain']);
    });
  });

  describe('--top', () => {
    const header = `id,${columns.join(',')}`;
    /** Many rows of few different customers, so that most probabilities are there many times. */
    const table = (rows: number): string => {
      const random = createRandom(3);
      const lines = Array.from(
        { length: rows },
        (_, index) => `${index},${12 * random.below(8)},${10 * random.below(3)}.5,month,0,south`,
      );
      return `${header}\n${lines.join('\n')}\n`;
    };

    it('keeps the customers of the highest probability, the best first and of equals the earlier', async () => {
      await onSystem(async world => {
        const content = table(2_500);
        const all = read((await score(world, content)).output);
        const { code, stderr, output } = await score(world, content, '--top', '700');
        assert.equal(code, 0, stderr);
        assert.match(stderr, /the best 700 of 2,500 rows by churn version 1: out\.csv/);
        const best = all.toSorted(
          (one, other) =>
            Number(other.probability) - Number(one.probability) || Number(one.id) - Number(other.id),
        );
        assert.deepEqual(read(output), best.slice(0, 700));
        const more = await score(world, content, '--top', '9999');
        assert.deepEqual(read(more.output), best);
      });
    });

    it('leaves rows out that cannot be scored, of whatever width, and fails without --skip-bad-rows', async () => {
      await onSystem(async world => {
        const content = `${columns.join(',')}\n${good}\nx,1,month,0,north\n5,1\n${good}\n`;
        const refusal = await score(world, content, '--top', '3');
        assert.equal(refusal.code, 2);
        assert.equal(refusal.output, null);
        const { code, stderr, output } = await score(world, content, '--top', '3', '--skip-bad-rows');
        assert.equal(code, 0, stderr);
        assert.match(stderr, /the best 2 of 4 rows by churn version 1, 2 left out/);
        assert.equal(read(output).length, 2);
      });
    });

    it('spends a budget on the customers whose offers pay, and says what to expect', async () => {
      const offer = { cost: 30, customerValue: 100, successRate: 0.5 };
      await withSystem(
        async world => {
          const content = table(500);
          const all = read((await score(world, content)).output).map(({ probability }) =>
            Number(probability),
          );
          const paying = all.filter(probability => probability * 50 > 30);
          assert.ok(paying.length > 50 && paying.length < 450, `${paying.length} offers pay`);
          const rich = await score(world, content, '--budget', '999999', '--json');
          assert.equal(rich.code, 0, rich.stderr);
          const records = read(rich.output);
          assert.equal(records.length, paying.length);
          for (const { probability, expected_profit } of records)
            assert.equal(Number(expected_profit), Number(probability) * 0.5 * 100 - 30);
          const summary = z
            .object({ selected: z.number(), expectedProfit: z.number() })
            .parse(JSON.parse(rich.stdout));
          assert.equal(summary.selected, paying.length);
          const sum = records.reduce((total, record) => total + Number(record.expected_profit), 0);
          assert.ok(Math.abs(summary.expectedProfit - sum) < 1e-9);
          assert.equal(read((await score(world, content, '--budget', '299.99')).output).length, 9);
          assert.equal(read((await score(world, content, '--budget', '300', '--top', '4')).output).length, 4);
          const poor = await score(world, content, '--budget', '29');
          assert.equal(poor.code, 2);
          assert.match(poor.stderr, /buys no offer: one costs 30/);
        },
        { offer },
      );
    });

    it('refuses a budget where nobody said what an offer costs', async () => {
      await onSystem(async world => {
        const { code, stderr } = await score(world, `${header}\n`, '--budget', '100');
        assert.equal(code, 2);
        assert.match(stderr, /churn version 1 does not know what an offer costs.*--top/s);
      });
    });
  });

  const refused: [string, string | Buffer, RegExp][] = [
    ['an empty file', '', /is empty; expected a CSV file/],
    ['blank lines only', '\n\n', /holds no line/],
    ['a Parquet file', Buffer.from('PAR1....'), /is a Parquet file; expected a CSV file/],
    ['UTF-16', Buffer.from('\uFEFFtenure\n', 'utf16le'), /is text in UTF-16/],
    [
      'a column that is there already',
      `${columns.join(',')},label\n`,
      /already has the column label.*--prefix/,
    ],
    [
      'a mistyped column',
      `tenur,charges,contract,senior,region\n`,
      /tenure: is not in the header\. Did you mean "tenur"\?/,
    ],
    ['a column twice', `tenure,${columns.join(',')}\n`, /tenure: is there 2 times/],
    ['an unclosed quotation mark', `${columns.join(',')}\n5,"1,month\n`, /quotation marks do not match/],
    [
      'bytes that are not UTF-8',
      Buffer.from(`${columns.join(',')}\n5,1,m\xf6nth,0,north\n`, 'latin1'),
      /contract: is not text in UTF-8/,
    ],
  ];
  for (const [what, content, message] of refused)
    it(`refuses ${what}`, async () => {
      await onSystem(async world => {
        const { code, stderr, output } = await score(world, content);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
        assert.equal(output, null);
      });
    });

  it('notes a column that the model fills in altogether', async () => {
    await onSystem(async world => {
      const { code, stderr } = await score(world, 'tenure,contract,senior\n5,month,0\n');
      assert.equal(code, 0, stderr);
      assert.match(stderr, /the file has no charges, region; the model fills in them as missing/);
    });
  });

  it('reads standard input, writes standard output, and follows a symbolic link', async () => {
    await onSystem(async world => {
      const stdin = `${columns.join(',')}\n${good}\n`;
      const piped = await runHoldfast(['score', '--in', '-', '--out', '-'], { ...world.addresses, stdin });
      assert.equal(piped.code, 0, piped.stderr);
      assert.match(
        piped.stdout,
        /^tenure,charges,contract,senior,region,probability,label,model_version\n5,/,
      );
      await writeFile(join(world.home, 'target.csv'), 'old');
      await symlink('target.csv', join(world.home, 'out.csv'));
      const { output } = await score(world, stdin);
      assert.equal(output, piped.stdout);
      assert.equal(await readFile(join(world.home, 'target.csv'), 'latin1'), piped.stdout);
    });
  });

  it('removes what it has written when it is interrupted', async () => {
    await onSystem(async world => {
      const stdin = `${columns.join(',')}\n${`${good}\n`.repeat(400_000)}`;
      const { code } = await runHoldfast(['score', '--in', '-', '--out', 'out.csv'], {
        ...world.addresses,
        directory: world.home,
        stdin,
        onStderr: (_chunk, interrupt) => interrupt(),
      });
      assert.equal(code, 130);
      assert.deepEqual(
        (await readdir(world.home)).filter(name => name.includes('out.csv')),
        [],
      );
    });
  });
});
