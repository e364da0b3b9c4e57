import { createFileRegistry, fromBinary, type JsonValue, toJson } from '@bufbuild/protobuf';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';

// Canonical protobuf JSON of a message, as the REST facade answers it: camelCase, enums by name, times in RFC 3339. Fields
// without presence are always there, so that the shape a script reads does not change with the values.

interface MessageType<Message> {
  encode(message: Message): { finish(): Uint8Array };
}

let registry: ReturnType<typeof createFileRegistry> | undefined;

/**
 * @param typeName The message's full name, as `holdfast.v1.Run`.
 */
export function toProtoJson<Message>(
  typeName: string,
  type: MessageType<Message>,
  message: Message,
): JsonValue {
  registry ??= createFileRegistry(readDescriptors());
  const schema = registry.getMessage(typeName);
  if (schema === undefined) throw new Error(`${typeName} is not in proto/gen/descriptors.binpb`);
  const bytes = type.encode(message).finish();
  return toJson(schema, fromBinary(schema, bytes), { registry, alwaysEmitImplicit: true });
}
