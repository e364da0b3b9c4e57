import { createFileRegistry, type DescMethod, type FileRegistry } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { readHttpRule } from '../grpc/readHttpRule.ts';
import { readAccess } from './readAccess.ts';

// Which methods change something, read out of the descriptors: what operators and admins may, and what everybody may for
// themselves, unless it is read by GET.

export interface AuditedMethod {
  readonly method: DescMethod;
  /** Anybody may call it, saying nobody who it is: a login. */
  readonly isPublic: boolean;
  /** Its first path over REST, as `/v1/models/{model}/versions/{version}:promote`; empty where it has none. */
  readonly template: string;
}

/** @returns by the method's path (`/holdfast.v1.ModelService/Promote`) */
export function auditedMethods(descriptors: FileDescriptorSet): {
  readonly registry: FileRegistry;
  readonly methods: ReadonlyMap<string, AuditedMethod>;
} {
  const registry = createFileRegistry(descriptors);
  const rules = readAccess(descriptors);
  const methods = new Map<string, AuditedMethod>();
  for (const service of registry) {
    if (service.kind !== 'service') continue;
    for (const method of service.methods) {
      const path = `/${service.typeName}/${method.name}`;
      const rule = rules.get(path) ?? null;
      const http = readHttpRule(registry, method)?.pattern ?? null;
      if (rule === null || http?.$case === 'get') continue;
      const isChange = rule.$case === 'role' ? rule.value >= Role.ROLE_OPERATOR : http !== null;
      if (!isChange) continue;
      const template = typeof http?.value === 'string' ? http.value : '';
      methods.set(path, { method, isPublic: rule.$case === 'public', template });
    }
  }
  return { registry, methods };
}
