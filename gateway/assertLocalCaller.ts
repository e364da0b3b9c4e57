import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../platform/HoldfastError.ts';

// Loopback alone does not keep other people's web pages out: a browser on this machine reaches it for any page that it shows.
// Until there are accounts, what such a page can make a browser send is refused by the two headers that a page cannot forge.

/**
 * @throws HoldfastError permissionDenied for a page whose own name was pointed at 127.0.0.1 (DNS rebinding), which sends that
 * name as Host; and for a page of another origin (cross-site request forgery), which sends its Origin
 */
export function assertLocalCaller({ host, origin }: IncomingHttpHeaders): void {
  if (!isLoopback(host ?? ''))
    throw new HoldfastError(
      'permissionDenied',
      `The host ${JSON.stringify(host ?? '')} is not this machine's loopback. Until there are accounts, the gateway answers local callers only: use http://127.0.0.1 or http://localhost.`,
    );
  if (origin !== undefined && !isLoopback(/^https?:\/\/(.*)$/.exec(origin)?.[1] ?? ''))
    throw new HoldfastError(
      'permissionDenied',
      `Pages of ${JSON.stringify(origin)} may not call the gateway. Until there are accounts, it answers local callers only.`,
    );
}

/** @param authority host and perhaps a port, as in a Host header */
function isLoopback(authority: string): boolean {
  const name = authority.replace(/:\d+$/, '').toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}
