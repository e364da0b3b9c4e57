import type { DescriptorProto, EnumDescriptorProto, FileDescriptorSet } from '@bufbuild/protobuf/wkt';

// The comments of the .proto files, which `buf build` keeps in the descriptors by the path of numbers to what they stand at
// (google/protobuf/descriptor.proto, SourceCodeInfo).

/** By full name: `holdfast.v1.Run`, `holdfast.v1.Run.status`, `holdfast.v1.RunStatus.RUN_STATUS_FAILED`, `….RunService.Get`. */
export function readComments(descriptors: FileDescriptorSet): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  for (const file of descriptors.file) {
    const byPath = new Map(
      file.sourceCodeInfo?.location.map(({ path, leadingComments, trailingComments }) => [
        path.join(),
        leadingComments || trailingComments,
      ]),
    );
    const keep = (name: string, path: readonly number[]): void => {
      const text = byPath.get(path.join());
      if (text) comments.set(name, unwrap(text));
    };
    const readEnum = (type: EnumDescriptorProto, scope: string, path: readonly number[]): void => {
      const name = `${scope}.${type.name}`;
      keep(name, path);
      for (const [at, value] of type.value.entries()) keep(`${name}.${value.name}`, [...path, 2, at]);
    };
    const readMessage = (type: DescriptorProto, scope: string, path: readonly number[]): void => {
      const name = `${scope}.${type.name}`;
      keep(name, path);
      for (const [at, field] of type.field.entries()) keep(`${name}.${field.name}`, [...path, 2, at]);
      for (const [at, nested] of type.nestedType.entries()) readMessage(nested, name, [...path, 3, at]);
      for (const [at, nested] of type.enumType.entries()) readEnum(nested, name, [...path, 4, at]);
    };
    for (const [at, type] of file.messageType.entries()) readMessage(type, file.package, [4, at]);
    for (const [at, type] of file.enumType.entries()) readEnum(type, file.package, [5, at]);
    for (const [at, service] of file.service.entries()) {
      const name = `${file.package}.${service.name}`;
      keep(name, [6, at]);
      for (const [nth, method] of service.method.entries()) keep(`${name}.${method.name}`, [6, at, 2, nth]);
    }
  }
  return comments;
}

/** Lines that were broken for the editor's width are one paragraph; an empty line begins the next. */
const unwrap = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.trim().replace(/\s*\n\s*/g, ' '))
    .filter(paragraph => paragraph !== '')
    .join('\n\n');
