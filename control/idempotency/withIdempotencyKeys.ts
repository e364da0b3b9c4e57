import { randomUUID } from 'node:crypto';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import {
  claimKey,
  CLAIM_SECONDS,
  keepAnswer,
  KEPT_HOURS,
  type KeyedRequest,
  releaseClaim,
  renewClaim,
} from '../../db/idempotency/idempotencyKeys.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import type { BoundMethod, BoundService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readKeyedMethods } from './readKeyedMethods.ts';

// Idempotency keys, once, around every method that declares them. The first answer is kept and given again; while it is being
// made, others are told to wait. A process that dies in between leaves a claim that runs out, and the request is then done
// again: the handlers make the same thing of the same Operation, so that again is not twice.

type Ports = Pick<ControlPorts, 'database' | 'logger'>;

const IDEMPOTENCY_KEY = 'idempotency-key';

export function withIdempotencyKeys(
  ports: Ports,
  descriptors: FileDescriptorSet,
  services: readonly BoundService[],
): BoundService[] {
  const keyed = readKeyedMethods(descriptors);
  return services.map(service => ({
    ...service,
    methods: service.methods.map(method =>
      keyed.has(method.definition.path) ? withKey(ports, method) : method,
    ),
  }));
}

function withKey(ports: Ports, method: BoundMethod): BoundMethod {
  const { definition } = method;
  if (definition.requestStream || definition.responseStream)
    throw new TypeError(`${definition.path} is a stream and takes no idempotency key`);
  return {
    definition,
    handle: (request, context) => {
      const [key] = context.metadata.get(IDEMPOTENCY_KEY);
      return key === undefined
        ? method.handle(request, context)
        : answerOnce(ports, method, request, context, String(key));
    },
  };
}

async function answerOnce(
  ports: Ports,
  method: BoundMethod,
  request: unknown,
  context: CallContext,
  key: string,
): Promise<unknown> {
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new HoldfastError(
      'invalidArgument',
      `${IDEMPOTENCY_KEY} is no key: expected 1 to 255 ASCII characters without spaces, as a UUID.`,
      { violations: [{ field: IDEMPOTENCY_KEY, description: 'expected 1 to 255 ASCII characters' }] },
    );
  const { definition } = method;
  const asked: KeyedRequest = {
    caller: callerOf(context.principal),
    key,
    method: definition.path,
    digest: sha256(definition.requestSerialize(request)),
  };
  const claim = randomUUID();
  const found = await claimKey(ports.database, asked, claim);
  if (found.kind === 'answered') return definition.responseDeserialize(Buffer.from(found.response));
  if (found.kind === 'underWay')
    throw new HoldfastError(
      'conflict',
      `The request with this ${IDEMPOTENCY_KEY} is under way. Send it again in a moment: it will be answered as the first one is.`,
    );
  if (found.kind === 'other')
    throw new HoldfastError(
      'invalidArgument',
      `This ${IDEMPOTENCY_KEY} was given with another request (${found.method}, ${found.firstAt.toISOString()}) and is its own for ${KEPT_HOURS} hours. Take a new key for a new request.`,
      { violations: [{ field: IDEMPOTENCY_KEY, description: 'expected a key of this request alone' }] },
    );
  const { firstAt, again } = found;
  context.operation = { id: sha256(`${asked.caller}\0${key}`), firstAt, again };
  const renewing = setInterval(
    () =>
      void renewClaim(ports.database, asked, claim).catch((err: unknown) =>
        ports.logger.warn({ err }, 'A claim on an idempotency key could not be renewed.'),
      ),
    (CLAIM_SECONDS * 1000) / 3,
  );
  try {
    const answer = await method.handle(request, context);
    await record(ports, () => keepAnswer(ports.database, asked, definition.responseSerialize(answer)));
    return answer;
  } catch (error) {
    // What was refused for good has done nothing, and its key is free; anything else may have been done in part.
    const refused =
      error instanceof HoldfastError && error.code !== 'internal' && !errorCodes[error.code].retryable;
    await record(ports, () => releaseClaim(ports.database, asked, claim, refused));
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** By what stays theirs: names are given again, and two keys of a user may have the same one. */
const callerOf = ({ kind, keyId, userId }: Principal): string =>
  kind === 'key' ? `key/${keyId}` : `user/${userId}`;

/** Where PostgreSQL is away just then, the claim runs out by itself, and the request is done again when it is asked for again. */
async function record(ports: Ports, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (err) {
    ports.logger.warn({ err }, 'The end of a request with an idempotency key could not be recorded.');
  }
}
