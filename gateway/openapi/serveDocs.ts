import { createHash } from 'node:crypto';
import scalarPackage from '@scalar/fastify-api-reference';
import Fastify from 'fastify';
import type { GatewayPart } from '../GatewayContext.ts';

// `/docs`: the OpenAPI document for people, rendered by Scalar out of this installation's own packages. The page runs these two
// scripts and no other, and reaches no other server.

const SCRIPT_PATH = '/docs/scalar.js';

/** Scalar's own greys and the colours of its verbs are too pale to read on its backgrounds (WCAG 2 AA). */
const CONTRAST = `.light-mode { --scalar-color-3: #5c5c5c; --scalar-color-green: #00663b; --scalar-color-blue: #0b5cad; --scalar-color-orange: #9a4a00; --scalar-color-red: #b00020; --scalar-color-yellow: #705200; }
.dark-mode { --scalar-color-3: #a8a8a8; --scalar-color-red: #ff9b9b; }`;

const START = `Scalar.createApiReference('#app', ${JSON.stringify({
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  mcp: { disabled: true },
  agent: { disabled: true },
  customCss: CONTRAST,
})});`;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Holdfast API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="app"></div>
    <script src="${SCRIPT_PATH}"></script>
    <script>${START}</script>
  </body>
</html>
`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Scalar sets styles in attributes and draws icons from data: addresses. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${sha256(START)}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const serveDocs: GatewayPart = app => {
  let script: Promise<string> | undefined;
  app.get('/docs', (_request, reply) =>
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(PAGE),
  );
  app.get(SCRIPT_PATH, async (_request, reply) => {
    script ??= readScript();
    return reply.type('text/javascript; charset=utf-8').send(await script);
  });
};

/** The package holds its script as the answer of a route. */
async function readScript(): Promise<string> {
  const scratch = Fastify();
  await scratch.register(scalarPackage, { routePrefix: '/docs', configuration: { url: '/openapi.json' } });
  const { statusCode, payload } = await scratch.inject('/docs/js/scalar.js');
  if (statusCode !== 200)
    throw new TypeError(`@scalar/fastify-api-reference answers ${statusCode} for its script`);
  return payload;
}
