import { fromBinary, type Registry } from '@bufbuild/protobuf';
import { ModelInferRequest, ModelInferResponse } from '../../proto/gen/inference/grpc_service.ts';
import type { Answer, Codec, HttpCall, HttpInput } from '../Codec.ts';
import { pickField } from '../pickField.ts';
import type { Route } from '../readRoutes.ts';
import { toRequest } from '../toRequest.ts';
import { parseJson } from './parseJson.ts';
import { readInfer } from './readInfer.ts';
import { toPlainJson } from './toPlainJson.ts';
import { wrapParameters } from './wrapParameters.ts';
import { writeInfer } from './writeInfer.ts';

// The Open Inference Protocol's own JSON, as Triton and its stock clients speak it: proto names, numbers for int64, bare values for
// parameters, and tensors as `data` or as bytes behind the JSON (the binary tensor extension). What is left is proto3 JSON, and as
// strict. docs/decisions/0040 says why.

const INFER = 'inference.ModelInferRequest';
/** What these say is also their status, for stock clients look no further. */
const readiness: Readonly<Record<string, string>> = {
  'inference.ServerLiveResponse': 'live',
  'inference.ServerReadyResponse': 'ready',
  'inference.ModelReadyResponse': 'ready',
};

export const openInferenceCodec: Codec = {
  packageName: 'inference',
  prefix: '/v2/',
  // Stock clients name none.
  contentType: '*',
  read: (route, input, registry) =>
    route.method.input.typeName === INFER
      ? readInferCall(route, input, registry)
      : readPlainCall(route, input, registry),
  errorBody: ({ message }) => ({ error: message }),
};

function readInferCall(
  route: Route,
  { parameters, query, body, headers }: HttpInput,
  registry: Registry,
): HttpCall {
  const { json, rawInputContents, isBinary } = readInfer(body, headers);
  const described = toRequest(route, { parameters, query, body: JSON.stringify(json) }, registry);
  const contents = ModelInferRequest.encode(
    ModelInferRequest.fromPartial({ rawInputContents: [...rawInputContents] }),
  ).finish();
  return {
    // Protobuf merges what stands one behind the other.
    message: Buffer.concat([described, contents]),
    answer: response => writeInfer(ModelInferResponse.decode(response), isBinary),
  };
}

function readPlainCall(route: Route, { parameters, query, body }: HttpInput, registry: Registry): HttpCall {
  const json = body.length === 0 ? '' : JSON.stringify(wrapParameters(parseJson(body)));
  return {
    message: toRequest(route, { parameters, query, body: json }, registry),
    answer: response => toAnswer(route, response),
  };
}

function toAnswer({ method: { output }, responseBody }: Route, response: Buffer): Answer {
  const json = toPlainJson(output, fromBinary(output, response));
  const field = readiness[output.typeName];
  const status = field === undefined || pickField(json, field) === true ? 200 : 503;
  return { kind: 'json', text: JSON.stringify(pickField(json, responseBody?.name)), status };
}
