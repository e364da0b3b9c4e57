import {
  type DescMethod,
  type FileRegistry,
  getOption,
  hasOption,
  isMessage,
  toBinary,
} from '@bufbuild/protobuf';
import { HttpRule } from '../../proto/gen/google/api/http.ts';

/** A method's google.api.http annotation; null where it has none. @throws TypeError where the descriptors lack the annotation itself */
export function readHttpRule(registry: FileRegistry, method: DescMethod): HttpRule | null {
  const annotation = registry.getExtension('google.api.http');
  if (annotation?.message === undefined)
    throw new TypeError('the descriptors lack google/api/annotations.proto');
  if (!hasOption(method, annotation)) return null;
  const rule = getOption(method, annotation);
  if (!isMessage(rule)) throw new TypeError(`${method.toString()}: google.api.http is not a message`);
  return HttpRule.decode(toBinary(annotation.message, rule));
}
