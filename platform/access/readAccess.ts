import { createFileRegistry, getOption, hasOption, isMessage, toBinary } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { Access } from '../../proto/gen/holdfast/v1/access.ts';

// Who may call which method, read out of the descriptors (holdfast/v1/access.proto): the rule stands beside the method that it
// is for, and nowhere else.

export type AccessRule = NonNullable<Access['rule']> & {
  /** Whether it holds before a one-time password was changed, too. */
  readonly beforePasswordChange: boolean;
};

/**
 * @returns by the method's path (`/holdfast.v1.ModelService/Promote`) its rule, or null where it declares none: nobody may
 *   call that one
 * @throws TypeError where the descriptors lack the option itself
 */
export function readAccess(descriptors: FileDescriptorSet): ReadonlyMap<string, AccessRule | null> {
  const registry = createFileRegistry(descriptors);
  const option = registry.getExtension('holdfast.v1.access');
  if (option?.message === undefined)
    throw new TypeError('the descriptors lack holdfast/v1/access.proto: run `npm run gen`');
  const rules = new Map<string, AccessRule | null>();
  for (const service of registry) {
    if (service.kind !== 'service') continue;
    for (const method of service.methods) {
      const path = `/${service.typeName}/${method.name}`;
      const value = hasOption(method, option) ? getOption(method, option) : null;
      const access = isMessage(value) ? Access.decode(toBinary(option.message, value)) : null;
      const { rule, beforePasswordChange = false } = access ?? {};
      rules.set(path, rule === undefined ? null : { ...rule, beforePasswordChange });
    }
  }
  return rules;
}
