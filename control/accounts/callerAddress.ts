import type { CallContext } from '../../platform/grpc/CallContext.ts';

/** The metadata in which the gateway says who called it. */
export const FORWARDED_FOR = 'x-forwarded-for';

/**
 * The address that a call came from: the peer's, or what a peer that is trusted with that says.
 * @param trusted addresses of gateways; anybody else could write what they like
 */
export function callerAddress({ peer, metadata }: CallContext, trusted: readonly string[]): string {
  const address = peer
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
  const [forwarded] = metadata.get(FORWARDED_FOR);
  if (typeof forwarded !== 'string' || !trusted.includes(address)) return address;
  // The nearest one, which the gateway itself saw.
  const nearest = forwarded.split(',').at(-1)?.trim() ?? '';
  return /^[0-9a-fA-F.:]{2,45}$/.test(nearest) ? nearest : address;
}
