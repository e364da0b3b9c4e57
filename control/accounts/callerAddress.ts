import { isIP } from 'node:net';
import type { CallContext } from '../../platform/grpc/CallContext.ts';

/** The metadata in which the gateway says who called it. */
export const FORWARDED_FOR = 'x-forwarded-for';

/**
 * The address that a call came from: the peer's, or what a peer that is trusted with that says.
 * @param trusted addresses of gateways and proxies; anybody else could write what they like
 */
export function callerAddress(
  { peer, metadata }: Pick<CallContext, 'peer' | 'metadata'>,
  trusted: readonly string[],
): string {
  const address = unmapped(peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  const [forwarded] = metadata.get(FORWARDED_FOR);
  if (typeof forwarded !== 'string' || !trusted.includes(address)) return address;
  // The nearest one, which the gateway itself saw.
  const nearest = unmapped(forwarded.split(',').at(-1)?.trim() ?? '');
  return isIP(nearest) === 0 || nearest.includes('%') ? address : nearest;
}

/** A server on `::` sees IPv4 within IPv6. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
