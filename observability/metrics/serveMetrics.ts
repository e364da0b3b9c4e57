import { createServer, type ServerResponse } from 'node:http';
import { Registry } from 'prom-client';

// The page that Prometheus reads. In its text format and not in OpenMetrics: there every counter must end in `_total`, and the
// names that existing dashboards know do not.

/**
 * Answers for as long as the process lives.
 * @param page what is to be shown; a failure is answered by 503 and told
 */
export async function serveMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  page: () => Promise<string>,
  onError: (error: unknown) => void,
): Promise<void> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics') return answer(response, 404, 'There is only /metrics here.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, 'Only GET is answered.\n');
    page().then(
      text => answer(response, 200, text, Registry.PROMETHEUS_CONTENT_TYPE),
      (error: unknown) => {
        onError(error);
        answer(response, 503, 'The metrics cannot be collected; the log of this process says why.\n');
      },
    );
  });
  await new Promise<void>((listening, fail) => {
    server.once('error', fail);
    server.listen({ host, port }, listening);
  });
  // It never keeps a process that is done from ending.
  server.unref();
}

function answer(
  response: ServerResponse,
  code: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
