import { type DescField, type DescMethod, type FileRegistry, getOption, hasOption } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { readAccess } from '../../platform/access/readAccess.ts';
import { holdfastVersion } from '../../platform/holdfastVersion.ts';
import { codecOf } from '../codecs.ts';
import { protoJsonCodec } from '../protoJsonCodec.ts';
import type { Route } from '../readRoutes.ts';
import { type AccessDescription, describeAccess, SECURITY_SCHEMES } from './describeAccess.ts';
import { ERROR_SCHEMA, errorResponses, failuresOf } from './describeErrors.ts';
import { describeTypes, refTo, type TypeDescriptions } from './describeTypes.ts';
import { type QueryField, queryFields } from '../queryFields.ts';
import { readComments } from './readComments.ts';

// The OpenAPI document, made of the same descriptors as the routes: what it says of a method is its comment in the .proto file,
// its annotations and its messages. Nothing about a single method is written here.

/** JSON by construction; OpenAPI's own grammar is held by a validator in the tests. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

export interface ApiSource {
  readonly descriptors: FileDescriptorSet;
  readonly registry: FileRegistry;
  readonly routes: readonly Route[];
  /** Of routes that are no method's: path → verb → operation. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const DESCRIPTION = `REST as a facade of the gRPC services \`holdfast.v1\`: each method is at the path that its .proto file names, and messages are
canonical proto3 JSON. Unknown fields, wrong types and keys given twice are refused with the path to them.

- **Who may**: an API key in the header \`x-api-key\`, or the session cookie of a login. Each operation says which role it asks for.
- **Failures** are google.rpc.Status as JSON; \`Retry-After\` stands where a repetition may help.
- **Headers** that every call takes: \`x-request-id\` (answered, and in every log), \`traceparent\` and \`tracestate\` (W3C), \`x-timeout-ms\` or \`grpc-timeout\` (how long the
  caller waits), \`accept-encoding: gzip\`; a body may come with \`content-encoding: gzip\`.
- **Streams** answer a JSON object a line (\`application/x-ndjson\`), or server-sent events where \`accept: text/event-stream\` asks for them. One that fails ends with a line that holds
  \`error\`.
- An **older path** answers the same as the operation's other one; it is marked as deprecated.`;

export function describeApi({ descriptors, registry, routes, others = {} }: ApiSource): OpenApiDocument {
  const comments = readComments(descriptors);
  const types = describeTypes(routes.filter(isProtoJson), comments);
  const rules = readAccess(descriptors);
  const exampleOf = readExamples(registry);
  const paths: Record<string, Record<string, unknown>> = {};
  const bindings = new Map<DescMethod, number>();
  for (const route of routes) {
    const { method, template, verb } = route;
    const nth = (bindings.get(method) ?? 0) + 1;
    bindings.set(method, nth);
    const access = describeAccess(rules.get(`/${method.parent.typeName}/${method.name}`) ?? null);
    const comment = comments.get(`${method.parent.typeName}.${method.name}`) ?? '';
    const said = { nth, access, comment, types, example: exampleOf(method) };
    const operation = isProtoJson(route) ? describeOperation(route, said) : describeForeign(route, said);
    (paths[template] ??= {})[verb.toLowerCase()] = operation;
  }
  for (const [path, operations] of Object.entries(others)) paths[path] = { ...paths[path], ...operations };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: holdfastVersion,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [],
    tags: [...new Set(routes.map(({ method }) => method.parent))].map(({ typeName }) => ({
      name: tagOf(typeName),
      description: comments.get(typeName) ?? '',
    })),
    paths,
    components: {
      schemas: { ...types.schemas, Error: ERROR_SCHEMA },
      responses: errorResponses(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** Requests that work, as `option (holdfast.v1.example)` has them. @throws SyntaxError at start, where one is no JSON */
function readExamples(registry: FileRegistry): (method: DescMethod) => Readonly<Record<string, unknown>> {
  const option = registry.getExtension('holdfast.v1.example');
  if (option === undefined) throw new TypeError('the descriptors lack holdfast/v1/documentation.proto');
  return method => (hasOption(method, option) ? JSON.parse(String(getOption(method, option))) : {});
}

const tagOf = (typeName: string): string => typeName.replace(/^holdfast\.v1\./, '').replace(/Service$/, '');

interface Said {
  /** Which of the method's bindings, from 1. */
  readonly nth: number;
  readonly access: AccessDescription;
  readonly comment: string;
  readonly types: TypeDescriptions;
  readonly example: Readonly<Record<string, unknown>>;
}

function describeOperation(route: Route, { nth, access, comment, types, example }: Said) {
  const { method, variables, body, verb } = route;
  const inBody = Object.fromEntries(
    Object.entries(example).filter(([name]) => !variables.some(({ jsonName }) => jsonName === name)),
  );
  return {
    operationId: `${method.parent.name}_${method.name}${nth > 1 ? nth : ''}`,
    tags: [tagOf(method.parent.typeName)],
    summary: spaced(method.name),
    description: [comment, access.sentence].filter(text => text !== '').join('\n\n'),
    ...(nth > 1 ? { deprecated: true } : {}),
    security: access.security,
    parameters: [
      ...variables.map(field => pathParameter(field, types, example[field.jsonName])),
      ...(body === null
        ? queryFields(method.input, variables).map(each => queryParameter(each, types, example[each.name]))
        : []),
    ],
    ...(body === null
      ? {}
      : {
          requestBody: {
            content: {
              'application/json': {
                schema: types.describeRequest(method.input, variables),
                ...(Object.keys(inBody).length === 0 ? {} : { example: inBody }),
              },
            },
          },
        }),
    responses: {
      200: describeAnswer(method),
      ...failuresOf({ isPublic: access.security.length === 0, isRead: verb === 'GET' }),
    },
  };
}

const isProtoJson = ({ method }: Route): boolean => codecOf(method) === protoJsonCodec;

/** Of a codec with a form of its own, which its protocol describes: who may, and where. */
function describeForeign(route: Route, { nth, access, comment, types }: Said) {
  const { method, variables, body } = route;
  const anything = { '*/*': { schema: {} } };
  return {
    operationId: `${method.parent.name}_${method.name}${nth > 1 ? nth : ''}`,
    tags: [tagOf(method.parent.typeName)],
    summary: spaced(method.name),
    description: [comment, access.sentence].filter(text => text !== '').join('\n\n'),
    security: access.security,
    parameters: variables.map(field => pathParameter(field, types, undefined)),
    ...(body === null ? {} : { requestBody: { content: anything } }),
    responses: { default: { description: 'As the protocol says.', content: anything } },
  };
}

/** ListModels → List models */
const spaced = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter.toLowerCase()}`);

const withExample = (example: unknown): object => (example === undefined ? {} : { example });

const pathParameter = (field: DescField, types: TypeDescriptions, example: unknown) => {
  const { description, ...schema } = types.describeField(field);
  return {
    name: field.name,
    in: 'path',
    required: true,
    ...(description === undefined ? {} : { description }),
    schema: { ...schema, minLength: 1, pattern: '^[^/]+$' },
    ...withExample(example),
  };
};

const queryParameter = ({ name, field }: QueryField, types: TypeDescriptions, example: unknown) => {
  const { description, ...schema } = types.describeField(field);
  return {
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    schema,
    ...withExample(example),
  };
};

function describeAnswer({ methodKind, output }: DescMethod) {
  if (output.typeName === 'google.api.HttpBody')
    return { description: 'The document itself.', content: { '*/*': { schema: {} } } };
  if (methodKind !== 'server_streaming')
    return { description: 'OK', content: { 'application/json': { schema: refTo(output) } } };
  const schema = { type: 'string', description: `Each line, or event, is the JSON of one ${output.name}.` };
  return {
    description: 'A stream, until it ends by itself or the caller goes.',
    content: { 'application/x-ndjson': { schema }, 'text/event-stream': { schema } },
    'x-item-schema': refTo(output),
  };
}
