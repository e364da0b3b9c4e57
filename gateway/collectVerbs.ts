import type { FastifyInstance } from 'fastify';

/** Which verbs the paths know: asked where a request met no route, to say what is allowed there. */
export function collectVerbs(app: FastifyInstance): (url: string) => readonly string[] {
  const verbs = new Map<string, { readonly pattern: RegExp; readonly known: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const at = verbs.get(url) ?? { pattern: toPattern(url), known: new Set<string>() };
    verbs.set(url, at);
    for (const verb of [method].flat()) at.known.add(verb.toUpperCase());
  });
  return url => {
    const [path = ''] = url.split('?', 1);
    const met = [...verbs].filter(([, { pattern }]) => pattern.test(path));
    // `churn:predict` is a verb of churn wherever there is such a verb, and no model of that name.
    const exact = met.filter(([template]) => template.includes('::'));
    const known = (exact.length > 0 ? exact : met).flatMap(([, at]) => [...at.known]);
    return known.length === 0 ? [] : [...new Set([...known, 'OPTIONS'])].toSorted();
  };
}

/** Fastify's `/v1/models/:model([^/:]+)::predict` as a regular expression. */
const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replaceAll(/[.*+?^$|]/g, '\\$&')
      .replaceAll('::', '\u0000')
      .replaceAll(/:\w+\([^)]*\)/g, '[^/:]+')
      .replaceAll(/:\w+/g, '[^/]+')
      .replaceAll('\u0000', ':')}$`,
  );
