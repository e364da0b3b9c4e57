import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { after, before, describe, it } from 'mocha';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { requireBrowser } from '../peers/requirePeer.ts';
import { chromiumArguments } from '../support/chromiumArguments.ts';
import { withGateway } from '../support/withGateway.ts';

// /docs in a real browser that reaches nothing but the gateway.

describe('/docs', () => {
  let browser: Browser;

  before(async function () {
    browser = await chromium.launch({ executablePath: requireBrowser(this), args: chromiumArguments });
  });
  after(() => browser?.close());

  for (const colorScheme of ['light', 'dark'] as const)
    it(`shows the API without any other server, in ${colorScheme}`, () =>
      withGateway({}, async ({ port }) => {
        const context = await browser.newContext({ colorScheme, viewport: { width: 1400, height: 1000 } });
        try {
          await showApi(context, `http://127.0.0.1:${port}`, colorScheme);
        } finally {
          await context.close();
        }
      }));
});

async function showApi(context: BrowserContext, origin: string, colorScheme: string): Promise<void> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  page.on('request', request => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`))
      complaints.push(`asks ${request.url()}`);
  });
  await page.goto(`${origin}/docs`);
  await page.getByRole('heading', { name: 'Holdfast', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Prediction' }).first().waitFor();
  if (process.env.HOLDFAST_TEST_SCREENSHOTS !== undefined)
    await page.screenshot({ path: `${process.env.HOLDFAST_TEST_SCREENSHOTS}/docs-${colorScheme}.png` });
  // Scalar calls its cards of examples all by one name; what they hold tells them apart.
  const { violations } = await new AxeBuilder({ page }).disableRules('landmark-unique').analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
  );
  assert.deepEqual(complaints, []);
}
