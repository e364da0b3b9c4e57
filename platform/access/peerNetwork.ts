import { isIP } from 'node:net';

/** Who counts as one peer: an IPv4 address, or the /64 of an IPv6 address, in all of which its holder may call from any. */
export function peerNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  // The one way to write it (RFC 5952), where IPv4 is in hexadecimal too.
  const written = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head, tail = []] = written.split('::').map(half => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
