import { status } from '@grpc/grpc-js';
import {
  createFileRegistry,
  type DescExtension,
  type DescFile,
  type FileRegistry,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from '../../proto/gen/grpc/reflection/v1/reflection.ts';
import { ServerReflectionService as AlphaService } from '../../proto/gen/grpc/reflection/v1alpha/reflection.ts';
import { type BoundService, bindService } from './bindService.ts';

// Server reflection from the committed descriptors, so that grpcurl and its like need no .proto file. Under both names of the
// protocol, which are alike but for the name. (The npm package for it fails on google.protobuf.Timestamp.)

type Answer = NonNullable<ServerReflectionResponse['messageResponse']>;

/** @param names the services that the server has, besides reflection itself */
export function createReflection(descriptors: FileDescriptorSet, names: readonly string[]): BoundService[] {
  const registry = createFileRegistry(descriptors);
  const services: string[] = [...names];
  const info = (requests: AsyncIterable<ServerReflectionRequest>) => answerAll(registry, services, requests);
  const bound = [
    bindService(ServerReflectionService, { serverReflectionInfo: info }),
    bindService(AlphaService, { serverReflectionInfo: info }),
  ];
  services.push(...bound.map(({ name }) => name));
  services.sort();
  return bound;
}

async function* answerAll(
  registry: FileRegistry,
  services: readonly string[],
  requests: AsyncIterable<ServerReflectionRequest>,
): AsyncGenerator<ServerReflectionResponse> {
  for await (const request of requests)
    yield {
      validHost: request.host,
      originalRequest: request,
      messageResponse: answer(registry, services, request),
    };
}

function answer(
  registry: FileRegistry,
  services: readonly string[],
  request: ServerReflectionRequest,
): Answer {
  const { messageRequest } = request;
  switch (messageRequest?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: services.map(name => ({ name })) } };
    case 'fileByFilename':
      return file(registry.getFile(messageRequest.value), `file ${messageRequest.value}`);
    case 'fileContainingSymbol':
      return file(fileOfSymbol(registry, messageRequest.value), `symbol ${messageRequest.value}`);
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = messageRequest.value;
      const extension = extensionsOf(registry, containingType).find(
        ({ number }) => number === extensionNumber,
      );
      return file(extension?.file, `extension ${extensionNumber} of ${containingType}`);
    }
    case 'allExtensionNumbersOfType': {
      const type = messageRequest.value;
      if (registry.getMessage(type) === undefined) return missing(`message ${type}`);
      const extensionNumber = extensionsOf(registry, type).map(({ number }) => number);
      return { $case: 'allExtensionNumbersResponse', value: { baseTypeName: type, extensionNumber } };
    }
    default:
      return error(
        status.INVALID_ARGUMENT,
        'The reflection request asks nothing; expected one of its questions.',
      );
  }
}

/** The file of a service, message, enum, extension, or of a method or field by the name of what it belongs to. */
function fileOfSymbol(registry: FileRegistry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol)?.file;
  if (found !== undefined) return found;
  const cut = symbol.lastIndexOf('.');
  const [parent, member] = [symbol.slice(0, Math.max(cut, 0)), symbol.slice(cut + 1)];
  const owner = registry.get(parent);
  switch (owner?.kind) {
    case 'service':
      return owner.methods.some(({ name }) => name === member) ? owner.file : undefined;
    case 'message':
      return [...owner.fields, ...owner.oneofs].some(({ name }) => name === member) ? owner.file : undefined;
    case 'enum':
      return owner.values.some(({ name }) => name === member) ? owner.file : undefined;
    default:
      return undefined;
  }
}

function extensionsOf(registry: FileRegistry, type: string): DescExtension[] {
  const extensions: DescExtension[] = [];
  for (const descriptor of registry)
    if (descriptor.kind === 'extension' && descriptor.extendee.typeName === type) extensions.push(descriptor);
  return extensions;
}

function file(found: DescFile | undefined, what: string): Answer {
  if (found === undefined) return missing(what);
  const seen = new Set<DescFile>();
  const visit = (next: DescFile): void => {
    if (seen.has(next)) return;
    seen.add(next);
    for (const dependency of next.dependencies) visit(dependency);
  };
  visit(found);
  const fileDescriptorProto = [...seen].map(({ proto }) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, proto)),
  );
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

const missing = (what: string): Answer => error(status.NOT_FOUND, `This server knows no ${what}.`);

const error = (errorCode: number, errorMessage: string): Answer => ({
  $case: 'errorResponse',
  value: { errorCode, errorMessage },
});
