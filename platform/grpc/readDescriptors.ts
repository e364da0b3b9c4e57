import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The descriptors of every .proto file of the repository and all that they import, as `buf build` wrote them. */
export const readDescriptors = (): FileDescriptorSet =>
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL('../../proto/gen/descriptors.binpb', import.meta.url)),
  );
