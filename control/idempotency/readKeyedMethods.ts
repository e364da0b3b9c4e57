import { createFileRegistry, getOption } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';

/**
 * The methods that take an idempotency key, by their paths (`/holdfast.v1.RunService/StartTraining`), as
 * holdfast/v1/idempotency.proto has them declare it.
 * @throws TypeError where the descriptors lack the option itself
 */
export function readKeyedMethods(descriptors: FileDescriptorSet): ReadonlySet<string> {
  const registry = createFileRegistry(descriptors);
  const option = registry.getExtension('holdfast.v1.idempotency_key');
  if (option === undefined)
    throw new TypeError('the descriptors lack holdfast/v1/idempotency.proto: run `npm run gen`');
  const paths = new Set<string>();
  for (const service of registry) {
    if (service.kind !== 'service') continue;
    for (const method of service.methods)
      if (getOption(method, option) === true) paths.add(`/${service.typeName}/${method.name}`);
  }
  return paths;
}
