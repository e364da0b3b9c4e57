import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { codecOf } from '../../gateway/codecs.ts';
import { protoJsonCodec } from '../../gateway/protoJsonCodec.ts';
import { readRoutes } from '../../gateway/readRoutes.ts';
import { readAccess } from '../../platform/access/readAccess.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { withGateway } from '../support/withGateway.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// The OpenAPI document as the gateway serves it: held against OpenAPI's own grammar by a foreign validator, and against the
// descriptors that it is made of.

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  example: z.union([z.string(), z.number()]).optional(),
});
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  deprecated: z.boolean().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.looseObject({ example: z.unknown().optional() })) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

const descriptors = readDescriptors();
const { routes } = readRoutes(descriptors);

const served = (): Promise<{ text: string; document: z.output<typeof documentSchema> }> =>
  withGateway({}, async ({ ask }) => {
    const { status, type, text, json } = await ask('GET', '/openapi.json');
    assert.deepEqual([status, type], [200, 'application/json; charset=utf-8']);
    return { text, document: documentSchema.parse(json()) };
  });

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, as a foreign validator says', async function () {
    const validator = requirePeer(this, 'openapi-spec-validator');
    const { text } = await served();
    await withTemporaryFolder(async folder => {
      const check = async (document: string) => {
        const file = join(folder, 'openapi.json');
        await writeFile(file, document);
        return promisify(execFile)(validator, [file]);
      };
      assert.match((await check(text)).stdout, /: OK/);
      // The same validator refuses what is none.
      await assert.rejects(check(text.replaceAll('"responses"', '"response"')));
    });
  });

  it('has each binding of each method, what is older marked, and who may call it', async () => {
    const { paths } = (await served()).document;
    const rules = readAccess(descriptors);
    const seen = new Set<string>();
    for (const { verb, template, method } of routes) {
      const found = paths[template]?.[verb.toLowerCase()];
      assert.ok(found, `${verb} ${template}`);
      const path = `/${method.parent.typeName}/${method.name}`;
      if (codecOf(method) === protoJsonCodec)
        assert.equal(found.deprecated ?? false, seen.has(path), template);
      seen.add(path);
      const schemes = found.security.flatMap(each => Object.keys(each));
      const isPublic = rules.get(path)?.$case === 'public';
      assert.deepEqual(schemes, isPublic ? [] : ['apiKey', 'session'], template);
      if (codecOf(method) === protoJsonCodec) assert.equal('401' in found.responses, !isPublic);
    }
    const ids = Object.values(paths).flatMap(verbs => Object.values(verbs).map(each => each.operationId));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, routes.length + 1, 'and /health');
  });

  it('describes messages as their JSON is', async () => {
    const { schemas } = (await served()).document.components;
    assert.deepEqual(schemas.Column, {
      description: 'One value a row, as numbers or as texts.',
      type: 'object',
      properties: {
        name: { type: 'string' },
        numbers: { type: 'array', items: { type: 'number', format: 'double' } },
        texts: {
          type: 'array',
          items: { type: 'string' },
          description: 'The values themselves, or the few different ones that `codes` points to.',
        },
        codes: {
          type: 'array',
          items: { type: 'integer', format: 'uint32', minimum: 0, maximum: 4294967295 },
          description: 'Not empty: the value of row i is `texts[codes[i]]`.',
        },
        missing: {
          type: 'array',
          items: { type: 'integer', format: 'uint32', minimum: 0, maximum: 4294967295 },
          description:
            'Rows, from 0, whose value is missing whatever stands in its place. An empty text is a missing value too.',
        },
      },
      additionalProperties: false,
    });
    assert.partialDeepStrictEqual(schemas.Run, {
      properties: {
        status: { $ref: '#/components/schemas/RunStatus' },
        startTime: { type: 'string', format: 'date-time' },
        candidates: { type: 'array', items: { $ref: '#/components/schemas/Candidate' } },
      },
    });
    assert.partialDeepStrictEqual(schemas.ModelVersion, {
      properties: {
        crossValidation: { type: 'object', additionalProperties: { $ref: '#/components/schemas/MeanSd' } },
        signature: { type: 'object', additionalProperties: true },
      },
    });
    const { required } = z.looseObject({ required: z.array(z.string()) }).parse(schemas.Model);
    assert.ok(required.includes('versionCount') && !required.includes('productionVersion'), required.join());
  });

  it('shows requests that the gateway takes', async () => {
    const { paths } = (await served()).document;
    let shown = 0;
    await withGateway({}, async ({ ask }) => {
      for (const [template, verbs] of Object.entries(paths))
        for (const [verb, { parameters, requestBody }] of Object.entries(verbs)) {
          const body = requestBody?.content['application/json']?.example;
          const given = parameters.filter(({ example }) => example !== undefined);
          if (body === undefined && given.length === 0) continue;
          shown++;
          const path = template.replaceAll(/\{([^}]*)\}/g, (_all, name: string) =>
            String(given.find(each => each.in === 'path' && each.name === name)?.example ?? 'x'),
          );
          const query = new URLSearchParams(
            given
              .filter(each => each.in === 'query')
              .map(({ name, example }): [string, string] => [name, String(example)]),
          ).toString();
          const sent = body === undefined ? undefined : JSON.stringify(body);
          const { status, text } = await ask(verb.toUpperCase(), `${path}?${query}`, sent);
          // The servers are away: what was understood gets as far as to them.
          assert.equal(status, 503, `${verb} ${path}?${query}: ${text}`);
        }
    });
    assert.ok(shown >= 15, `only ${shown} examples`);
  });
});
