import assert from 'node:assert/strict';
import { createFileRegistry, type DescMethod, getOption, hasOption } from '@bufbuild/protobuf';
import { describe, it } from 'mocha';
import { readRoutes } from '../../gateway/readRoutes.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { type Gateway, type HttpAnswer, withGateway } from '../support/withGateway.ts';

// Every method that the descriptors annotate is reached over HTTP. The backend is away, so a route that exists answers 503 (or
// 400 where the request lacks something) and one that does not answers 404.

const descriptors = readDescriptors();
const { routes } = readRoutes(descriptors);

const inferenceServices = new Set(['PredictionService', 'GRPCInferenceService']);

const ourMethods = (): DescMethod[] =>
  [...createFileRegistry(descriptors)].flatMap(type =>
    type.kind === 'service' && type.typeName.startsWith('holdfast.v1.') ? type.methods : [],
  );

const pathOf = (template: string): string => template.replaceAll(/\{[^}]*\}/g, 'x');
const askRoute = ({ ask }: Gateway, { verb, template, body }: (typeof routes)[number]): Promise<HttpAnswer> =>
  ask(verb, pathOf(template), body === null ? undefined : {});

describe('the routes', () => {
  it('are there for every method of holdfast.v1 that one HTTP request can carry', () => {
    const annotation = createFileRegistry(descriptors).getExtension('google.api.http');
    assert.ok(annotation);
    const methods = ourMethods().filter(
      ({ methodKind }) => methodKind === 'unary' || methodKind === 'server_streaming',
    );
    assert.ok(methods.length >= 15, String(methods.length));
    for (const method of methods) {
      assert.ok(hasOption(method, annotation), `${method.toString()} has no google.api.http`);
      assert.ok(getOption(method, annotation));
      assert.ok(
        routes.some(route => route.method.toString() === method.toString()),
        method.toString(),
      );
    }
  });

  it('read the annotations, additional bindings included', () => {
    const drawn = routes.map(
      ({ verb, template, body, method, variables }) =>
        `${verb} ${template} ${body} ${method.name} ${variables.map(({ name }) => name).join()}`,
    );
    for (const expected of [
      'POST /v1/models/{model}:predict * Predict model',
      'POST /predict * Predict ',
      'GET /model/version null GetVersion ',
      'GET /v1/datasets/{model}/{version} null Get model,version',
      'POST /v1/models/{model}/versions/{version}:promote * Promote model,version',
      'GET /v1/runs/{run}:watch null Watch run',
      'POST /v1/runs:startTraining * StartTraining ',
    ])
      assert.ok(drawn.includes(expected), `${expected}\nis not among\n${drawn.join('\n')}`);
    assert.equal(new Set(drawn.map(each => each.split(' ').slice(0, 2).join(' '))).size, drawn.length);
  });

  for (const route of routes)
    it(`reach ${route.method.parent.name}.${route.method.name} by ${route.verb} ${route.template}`, () =>
      withGateway({}, async gateway => {
        const { status, text } = await askRoute(gateway, route);
        assert.equal(status, 503, text);
        const server = inferenceServices.has(route.method.parent.name) ? 'inference' : 'control';
        assert.match(text, new RegExp(`the ${server} server at`));
      }));

  for (const [what, verb, path] of [
    ['an unknown path', 'GET', '/v1/nothing'],
    ['an unknown verb of a resource', 'POST', '/v1/runs:destroy'],
    ['an empty variable', 'POST', '/v1/experiments//x:stop'],
    ['an empty last variable', 'GET', '/v1/datasets/churn/'],
    ['an empty variable in the middle', 'GET', '/v1/models//versions'],
    ['a path in other letters', 'GET', '/V1/models'],
  ])
    it(`answer 404 to ${what}`, () =>
      withGateway({}, async ({ ask }) => {
        const { status, text } = await ask(verb, path);
        assert.equal(status, 404);
        if (verb !== 'HEAD') {
          const { error } = JSON.parse(text);
          assert.deepEqual([error.code, error.status], [5, 'NOT_FOUND']);
          assert.ok(error.message.includes(`There is no ${verb} ${path}`), error.message);
          assert.match(error.message, /GET \/docs .* \/openapi\.json/);
        }
      }));

  for (const [what, verb, path, allowed] of [
    ['a verb that the path does not have', 'DELETE', '/v1/models', 'GET, HEAD, OPTIONS'],
    ['one of several', 'PATCH', '/v1/models/x:predict', 'OPTIONS, POST'],
    ['a name of a model that is a custom verb', 'GET', '/v1/models/x:predict?a=b', 'OPTIONS, POST'],
    ['a verb that has a body', 'QUERY', '/v1/models', 'GET, HEAD, OPTIONS'],
    ['a verb of no method', 'TRACE', '/health', 'GET, HEAD, OPTIONS'],
  ] as const)
    it(`answer 405 to ${what}, and say what is allowed`, () =>
      withGateway({}, async ({ ask }) => {
        const { status, headers, text } = await ask(verb, path);
        assert.deepEqual([status, headers.allow], [405, allowed]);
        const use = allowed.replace('OPTIONS, ', '').replace(', OPTIONS', '').replace(', ', ' or ');
        assert.match(text, new RegExp(`UNIMPLEMENTED.*does not know ${verb}; use ${use}\\.`));
      }));

  it('take a name with a colon that is no custom verb, or is written so that it is none, for a name', () =>
    withGateway({}, async ({ ask }) => {
      for (const name of ['x:y', 'x%3Apredict'])
        assert.equal((await ask('GET', `/v1/models/${name}`)).status, 503, name);
    }));

  it('answer OPTIONS with what is allowed, and HEAD as GET without its body', () =>
    withGateway({}, async ({ ask }) => {
      const options = await ask('OPTIONS', '/v1/models/churn:predict');
      assert.deepEqual([options.status, options.headers.allow, options.text], [204, 'OPTIONS, POST', '']);
      const head = await ask('HEAD', '/openapi.json');
      const get = await ask('GET', '/openapi.json');
      assert.deepEqual([head.status, head.text], [200, '']);
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      assert.equal((await ask('HEAD', '/v1/models')).status, 503);
    }));
});
