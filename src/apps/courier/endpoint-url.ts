/** Where an endpoint really is: one that names a sink of ours is wherever we listen. */
import type { AddressInfo } from 'node:net';
import { urlHost } from '../url-host.ts';

/** Null while it is not known. */
export function endpointUrl(url: string, origin: string | null): string | null {
  if (!isOurSink(url)) return url;
  return origin === null ? null : `${origin}${url}`;
}

/** True for one that is given as a path. */
export function isOurSink(url: string): boolean {
  return url.startsWith('/');
}

/** How this machine reaches a server that listens there. */
export function ownOrigin({ address, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${urlHost(host)}:${port}`;
}
