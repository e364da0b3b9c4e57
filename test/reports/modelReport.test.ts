import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { before, describe, it } from 'mocha';
import { chromium } from 'playwright-core';
import { z } from 'zod';
import { runReportProcess } from '../../activities/reports/runReportProcess.ts';
import { scoreTable } from '../../activities/training/scoreTable.ts';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import { requireBrowser } from '../peers/requirePeer.ts';
import { chromiumArguments } from '../support/chromiumArguments.ts';
import { hostileLevel, reportedSample, smallDefinition, smallTable } from '../support/reportedVersion.ts';
import { smallModel } from '../support/smallModel.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// A report by the process that makes it, out of a model file, a table and a definition alone; and its page in a real browser.

const figures = z.array(z.looseObject({}));
const documentShape = z.looseObject({
  format: z.literal(1),
  metrics: z.record(z.string(), z.number()),
  confusionMatrix: z.record(z.string(), z.number()),
  thresholds: z.array(z.looseObject({ threshold: z.number(), profit: z.number() })),
  calibration: z.array(z.looseObject({ rows: z.number() })),
  distribution: figures,
  gain: z.array(z.object({ share: z.number(), gain: z.number(), lift: z.number() })),
  importance: z.looseObject({ columns: z.array(z.looseObject({ column: z.string(), mean: z.number() })) }),
  partialDependence: z.looseObject({ columns: z.array(z.looseObject({ column: z.string() })) }),
  slices: z.array(z.looseObject({ column: z.string(), rows: z.number(), flags: z.array(z.string()) })),
  profile: z.looseObject({ rows: z.literal(800) }),
  split: z.looseObject({ holdoutRows: z.number() }),
  intendedUse: z.string(),
  limits: z.array(z.string()).min(3),
});

const sections = [
  'Summary',
  'Intended use and limits',
  'Ranking',
  'Calibration',
  'Whom to contact',
  'Threshold',
  'What the model goes by',
  'Slices',
  'Data',
  'Lineage and parameters',
];

describe('a model report', () => {
  const table = smallTable();
  const { pipeline, metadata } = smallModel();
  const onnx = exportPipeline(pipeline, { ...metadata, offer: smallDefinition.offer });
  const make = () =>
    withTemporaryFolder(async folder => {
      const [modelPath, tablePath] = [join(folder, 'model.onnx'), join(folder, 'table')];
      await writeFile(modelPath, onnx);
      await writeFile(tablePath, encodeTable(table));
      const task = { version: reportedSample, definition: smallDefinition, modelPath, tablePath };
      return runReportProcess(task, new AbortController().signal);
    });
  let made: Awaited<ReturnType<typeof make>>;
  let document: z.output<typeof documentShape>;

  before(async () => {
    made = await make();
    document = documentShape.parse(JSON.parse(made.json));
  });

  it('is the same bytes whenever it is made', async () => {
    assert.deepEqual(await make(), made);
  });

  it('holds the figures of the holdout, scored by the model file', async () => {
    const { holdout } = splitTable(table, { ...smallDefinition.split, seed: smallDefinition.seed });
    const probabilities = await scoreTable(onnx, metadata, table, holdout);
    const labels = labelsOf(table, holdout);
    const { offer } = smallDefinition;
    assert.deepEqual(document.metrics, { ...evaluate(labels, probabilities, metadata.threshold, offer) });
    assert.equal(document.split.holdoutRows, holdout.length);
    const counted = Object.values(document.confusionMatrix).reduce((sum, count) => sum + count, 0);
    assert.equal(counted, holdout.length);
    assert.equal(
      document.calibration.reduce((sum, { rows }) => sum + rows, 0),
      holdout.length,
    );
    const last = document.gain.at(-1);
    assert.deepEqual(last, { share: 1, gain: 1, lift: 1 });
    const inputs = metadata.inputs.map(({ name }) => name).sort();
    assert.deepEqual(document.importance.columns.map(({ column }) => column).sort(), inputs);
    // What the table was drawn by matters; the columns that decide nothing do not.
    const importanceOf = (name: string): number =>
      document.importance.columns.find(({ column }) => column === name)?.mean ?? Number.NaN;
    assert.ok(importanceOf('tenure') > 0.05 && importanceOf('tenure') > importanceOf('senior'));
    assert.equal(document.partialDependence.columns.length, inputs.length);
    for (const column of inputs) {
      const rows = document.slices.filter(slice => slice.column === column).map(slice => slice.rows);
      assert.equal(
        rows.reduce((sum, count) => sum + count, 0),
        holdout.length,
        `the slices of ${column} hold every customer once`,
      );
    }
  });

  it('says what the threshold was chosen for, and draws the profit', () => {
    for (const { profit } of document.thresholds) assert.ok(Number.isFinite(profit));
    assert.match(made.html, /aria-label="Profit a customer by threshold"/);
    assert.match(made.html, /an offer costs 10 and keeps 50\.0 % of those who would leave, each worth 100/);
  });

  it('takes names and levels for text, and needs nothing from elsewhere', () => {
    assert.ok(!made.html.includes(hostileLevel));
    assert.ok(!made.html.includes('<b>churn</b>'));
    assert.doesNotMatch(made.html, /<(script|link|img|iframe|object)\b/i);
    assert.deepEqual(
      [...made.html.matchAll(/https?:\/\/[^"'\s)]+/g)]
        .map(([url]) => url)
        .filter(url => !url.startsWith('http://www.w3.org/')),
      [],
    );
  });

  it('is readable in light and dark: every section, no error, no request, no violation of axe', async function () {
    const executablePath = requireBrowser(this);
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'report.html');
      await writeFile(path, made.html);
      const browser = await chromium.launch({ executablePath, args: chromiumArguments });
      try {
        const papers: string[] = [];
        for (const colorScheme of ['light', 'dark'] as const) {
          const context = await browser.newContext({ colorScheme, viewport: { width: 1180, height: 900 } });
          const page = await context.newPage();
          const said: string[] = [];
          const asked: string[] = [];
          page.on('console', message => said.push(message.text()));
          page.on('pageerror', error => said.push(error.message));
          page.on('request', request => asked.push(request.url()));
          const url = pathToFileURL(path).href;
          await page.goto(url);
          assert.deepEqual([said, asked], [[], [url]], colorScheme);
          assert.deepEqual(await page.locator('h2').allTextContents(), sections);
          const charts = page.locator('svg[role=img]');
          assert.equal(await charts.count(), 9 + metadata.inputs.length);
          for (const chart of await charts.all()) {
            const box = await chart.boundingBox();
            assert.ok(box !== null && box.width > 200 && box.height > 100, 'a chart has room');
            assert.ok(((await chart.getAttribute('aria-label')) ?? '').length > 5);
          }
          await page.locator('summary').first().click();
          assert.ok(await page.getByRole('region', { name: 'All metrics' }).isVisible());
          const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          assert.equal(wide, false, 'the page does not scroll sideways');
          papers.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')));
          const { violations } = await new AxeBuilder({ page }).analyze();
          assert.deepEqual(
            violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
            [],
            colorScheme,
          );
          await page.screenshot({ path: join(folder, `${colorScheme}.png`), fullPage: true });
          await context.close();
        }
        assert.notEqual(papers[0], papers[1]);
      } finally {
        await browser.close();
      }
    });
  });

  it('ends with the reason where the file cannot be scored, and at once where nobody wants it any more', async () => {
    await withTemporaryFolder(async folder => {
      const [modelPath, tablePath] = [join(folder, 'model.onnx'), join(folder, 'table')];
      await writeFile(modelPath, onnx);
      await writeFile(tablePath, encodeTable({ ...table, columns: table.columns.slice(1) }));
      const task = { version: reportedSample, definition: smallDefinition, modelPath, tablePath };
      const { signal } = new AbortController();
      await assert.rejects(
        runReportProcess(task, signal),
        /needs the number column tenure; the table has none/,
      );
      const unwanted = new AbortController();
      const given = runReportProcess(task, unwanted.signal);
      unwanted.abort(new Error('cancelled by the test'));
      await assert.rejects(given, /cancelled by the test/);
    });
  });
});
