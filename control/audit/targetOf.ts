/**
 * What a call is about, in the words of its REST path: /v1/models/{model}/versions/{version}:promote with its variables filled
 * in and without the verb; what is made anew is named after its collection.
 * @param request its fields by their names in JSON
 */
export function targetOf(template: string, request: Readonly<Record<string, unknown>>): string {
  const textOf = (name: string): string => {
    const value = request[name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())];
    return typeof value === 'string' ? value : '';
  };
  const parts = template
    .replace(/^\/v1\//, '')
    .replace(/:[A-Za-z]+$/, '')
    .split('/')
    .map(part => (part.startsWith('{') ? textOf(part.slice(1, -1)) : part));
  const named = template.includes('{name}') ? '' : textOf('name');
  return [...parts, named].filter(part => part !== '').join('/');
}
