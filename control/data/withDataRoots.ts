import { networkInterfaces } from 'node:os';
import { isAbsolute, resolve, sep } from 'node:path';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { BoundMethod, BoundService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { callerAddress } from '../accounts/callerAddress.ts';
import type { ControlPorts } from '../ControlPorts.ts';

// Which files of the workers a request may name, once, around every method whose request has `data`. Whoever is on this machine
// sees its files anyhow; whoever is not names those below the roots, and learns of no other whether it is there: the path is
// judged by its letters, before anybody looks.

type Ports = Pick<ControlPorts, 'dataRoots' | 'trustedProxies'>;

export const withDataRoots = (ports: Ports, services: readonly BoundService[]): BoundService[] =>
  services.map(service => ({ ...service, methods: service.methods.map(each => guarded(ports, each)) }));

const guarded = (ports: Ports, method: BoundMethod): BoundMethod => ({
  definition: method.definition,
  handle: (request, context) => {
    if (namesData(request) && isAbsolute(request.data) && !isOnThisMachine(context, ports))
      assertBelow(ports.dataRoots, request.data);
    return method.handle(request, context);
  },
});

const namesData = (request: unknown): request is { readonly data: string } =>
  typeof request === 'object' && request !== null && 'data' in request && typeof request.data === 'string';

function isOnThisMachine(context: CallContext, { trustedProxies }: Ports): boolean {
  const address = callerAddress(context, trustedProxies);
  if (address.startsWith('127.') || address === '::1') return true;
  return Object.values(networkInterfaces()).some(own => own?.some(each => each.address === address));
}

function assertBelow(roots: readonly string[], data: string): void {
  const path = resolve(data);
  if (roots.some(root => path.startsWith(`${resolve(root)}${sep}`))) return;
  throw new HoldfastError(
    'permissionDenied',
    `data: ${JSON.stringify(data)} cannot be named from another machine, whether it is there or not: expected a file below ${roots.join(' or ') || 'a folder of HOLDFAST_DATA_ROOTS, which names none'}. Send the file (\`./holdfast datasets upload FILE\`), or let HOLDFAST_DATA_ROOTS of control name its folder.`,
    { violations: [{ field: 'data', description: `expected a file below ${roots.join(' or ')}` }] },
  );
}
