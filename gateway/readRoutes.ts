import {
  createFileRegistry,
  type DescField,
  type DescMethod,
  type FileRegistry,
  ScalarType,
} from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { readHttpRule } from '../platform/grpc/readHttpRule.ts';
import type { HttpRule } from '../proto/gen/google/api/http.ts';

// The REST routes, read out of the descriptors' google.api.http annotations (google/api/http.proto states their meaning): no
// route is written by hand, so REST can never lack a method of the gRPC services.

export interface Route {
  readonly method: DescMethod;
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in the annotation: `/v1/models/{model}:predict`. */
  readonly template: string;
  /** The path's variables, in order: string fields of the request. */
  readonly variables: readonly DescField[];
  /** `*`: the body is the request; `null`: there is none and the query string is. */
  readonly body: '*' | null;
  /** The field of the response that is the answer; `null`: the whole response is. */
  readonly responseBody: DescField | null;
}

/** @throws TypeError where an annotation uses a form that this gateway does not know: at start, not at the first call */
export function readRoutes(descriptors: FileDescriptorSet): { registry: FileRegistry; routes: Route[] } {
  const registry = createFileRegistry(descriptors);
  const routes: Route[] = [];
  for (const service of registry) {
    if (service.kind !== 'service') continue;
    for (const method of service.methods) {
      const rule = readHttpRule(registry, method);
      for (const binding of rule === null ? [] : [rule, ...rule.additionalBindings])
        routes.push(toRoute(method, binding));
    }
  }
  return { registry, routes };
}

function toRoute(method: DescMethod, { pattern, body, responseBody }: HttpRule): Route {
  const where = `${method.parent.typeName}.${method.name}`;
  if (method.methodKind !== 'unary' && method.methodKind !== 'server_streaming')
    throw new TypeError(`${where}: a stream of requests has no place in one HTTP request`);
  const verb = pattern?.$case.toUpperCase();
  const template = pattern?.value;
  if (!isVerb(verb) || typeof template !== 'string')
    throw new TypeError(`${where}: unknown kind of HTTP rule`);
  if (body !== '' && body !== '*') throw new TypeError(`${where}: body is ${body}; expected "*" or none`);
  const variables = [...template.matchAll(/\{([^}]*)\}/g)].map(([, name]) => {
    const field = method.input.fields.find(each => each.name === name);
    if (field?.scalar !== ScalarType.STRING || field.fieldKind !== 'scalar')
      throw new TypeError(`${where}: {${name}} is no string field of its request`);
    return field;
  });
  const answered = method.output.fields.find(each => each.name === responseBody) ?? null;
  if (responseBody !== '' && answered === null)
    throw new TypeError(`${where}: response_body ${responseBody} is no field of its response`);
  return { method, verb, template, variables, body: body === '*' ? '*' : null, responseBody: answered };
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const isVerb = (verb: string | undefined): verb is Route['verb'] => verbs.some(known => known === verb);
