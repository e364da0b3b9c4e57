import type { FastifyInstance } from 'fastify';

/**
 * Which verbs the paths know: asked where a request met no route, or one that was not meant, to say what is allowed there.
 * `churn:predict` is a verb of churn wherever there is such a verb, and no model of that name.
 */
export interface KnownVerbs {
  /** None: there is no such path. */
  at(url: string): readonly string[];
  /** Whether the path is one of a custom verb, which a route of whole names, as `:model`, meets too. */
  isCustom(url: string): boolean;
}

export function collectVerbs(app: FastifyInstance): KnownVerbs {
  const verbs = new Map<string, { readonly pattern: RegExp; readonly known: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const at = verbs.get(url) ?? { pattern: toPattern(url), known: new Set<string>() };
    verbs.set(url, at);
    for (const verb of [method].flat()) at.known.add(verb.toUpperCase());
  });
  const metBy = (url: string) => {
    const [path = ''] = url.split('?', 1);
    const met = [...verbs].filter(([, { pattern }]) => pattern.test(path));
    return { met, custom: met.filter(([template]) => isCustomVerb(template)) };
  };
  return {
    at: url => {
      const { met, custom } = metBy(url);
      const known = (custom.length > 0 ? custom : met).flatMap(([, at]) => [...at.known]);
      return known.length === 0 ? [] : [...new Set([...known, 'OPTIONS'])].toSorted();
    },
    // Most paths have no colon, and are not looked up.
    isCustom: url => url.includes(':') && metBy(url).custom.length > 0,
  };
}

/** Of a template in Fastify's form. */
export const isCustomVerb = (template: string): boolean => template.includes('::');

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
