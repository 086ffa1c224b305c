/**
 * Where webhooks may go. Whoever may make an endpoint must not reach, through this server, what only this server can:
 * so an address is looked at when an endpoint is made, for a clear answer, and again at every connection, for safety,
 * because a name can lead somewhere else by then.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { destinationsOf, isIn, type Destination } from './address-kind.ts';
import { ADDRESSES_MAX, CIDRS_MAX, URL_CHARACTERS_MAX } from './limits.ts';

/** All addresses of a name; rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly { readonly address: string }[]>;

export interface AddressGuard {
  /**
   * Null when webhooks may be sent to this address, else a sentence that says why not. A name that leads nowhere now is
   * not refused: it may do so later, and is looked at again at every connection.
   */
  refusalOf(url: string): Promise<string | null>;
  /** The same for one IP address that `url` leads to. */
  refusalOfAddress(url: URL, address: string): string | null;
}

export interface AddressGuardOptions {
  /** True while the server itself is bound to loopback: then only this machine can make endpoints. */
  readonly isOpen: boolean;
  /** As `parseCidrs` gives them. */
  readonly allowCidrs: readonly string[];
  /** Hosts that whoever runs the server named himself. */
  readonly allowHosts: readonly string[];
  /** The server's own origin, whose /sinks are allowed; null while it is not known. */
  readonly ownOrigin: () => string | null;
  readonly lookup?: Lookup;
  /** A name that is not resolved in this time counts as one that leads nowhere now. */
  readonly lookupMs?: number;
}

const LOOKUP_MS = 5_000;

/** How an endpoint names a receiver of our own. */
const OWN_SINK = /^\/sinks\/[^/?#\\\s]+$/;

export function addressGuard(options: AddressGuardOptions): AddressGuard {
  const ranges = options.allowCidrs.map((text) => ipaddr.parseCIDR(text));
  const hosts = new Set(options.allowHosts.map((host) => bareHost(host.toLowerCase())));
  const refusalOfAddress = (url: URL, address: string): string | null => {
    const destinations = destinationsOf(address);
    if (destinations === null) return `${address} is not an IP address`;
    const isNamed = hosts.has(hostOf(url)) || isOwnSink(url, options.ownOrigin());
    const isAllowed = ({ address: inside, kind }: Destination): boolean =>
      kind === 'public' ||
      (kind !== 'metadata' &&
        (isNamed || (kind === 'local' && options.isOpen) || isIn(inside, ranges)));
    if (isIn(ipaddr.parse(address), ranges) && destinations.every(isNoMetadata)) return null;
    const forbidden = destinations.find((each) => !isAllowed(each));
    return forbidden === undefined ? null : sentence(address, forbidden);
  };
  return {
    refusalOfAddress,
    async refusalOf(text) {
      if (OWN_SINK.test(text)) return null;
      const url = parseUrl(text);
      if (typeof url === 'string') return url;
      const addresses = await addressesOf(hostOf(url), options);
      const refusals = addresses.map((address) => refusalOfAddress(url, address));
      return refusals.includes(null) ? null : (refusals[0] ?? null);
    },
  };
}

/** A URL's host without brackets and without the dot that may end a name. */
export function hostOf(url: URL): string {
  return bareHost(url.hostname);
}

function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function isOwnSink(url: URL, ownOrigin: string | null): boolean {
  return url.origin === ownOrigin && url.pathname.startsWith('/sinks/');
}

function isNoMetadata({ kind }: Destination): boolean {
  return kind !== 'metadata';
}

function sentence(address: string, { address: inside, kind, name }: Destination): string {
  const what = `${address} is a ${name} address`;
  const via =
    inside.toString() === ipaddr.parse(address).toString() ? '' : ` (${inside.toString()})`;
  return kind === 'metadata'
    ? `${what}${via}: webhooks are never sent there`
    : `${what}${via}: webhooks are sent there only while this server is bound to a loopback address, or when WEBHOOK_ALLOW_CIDRS allows it`;
}

/** The address, or why it cannot be one. */
function parseUrl(text: string): URL | string {
  if (text.length > URL_CHARACTERS_MAX) return `at most ${URL_CHARACTERS_MAX} characters`;
  const url = URL.parse(text);
  if (url === null || /[\s\\\p{Cc}]/u.test(text)) {
    return 'an absolute http or https address, such as https://shop.example/webhooks';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'an http or https address';
  if (url.username !== '' || url.password !== '') return 'an address without user and password';
  if (text.includes('#')) return 'an address without a fragment (#…)';
  if (url.port === '0') return 'an address with a port that can be connected to: 1 to 65535';
  return url;
}

async function addressesOf(
  host: string,
  { lookup = lookupAll, lookupMs = LOOKUP_MS }: AddressGuardOptions,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  // RFC 6761: it is this machine, whatever a resolver says.
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly []>((resolve) => {
    timer = setTimeout(resolve, lookupMs, []);
  });
  try {
    const found = await Promise.race([lookup(host), late]);
    return found.slice(0, ADDRESSES_MAX).map(({ address }) => address);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the system, so that the hosts file counts. */
export const lookupAll: Lookup = (hostname) => systemLookup(hostname, { all: true });

/**
 * Reads WEBHOOK_ALLOW_CIDRS: addresses and ranges of them, with commas or spaces between. The result can be handed to
 * another thread.
 */
export function parseCidrs(
  text: string,
): { ok: true; value: readonly string[] } | { ok: false; expected: string } {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length > CIDRS_MAX) return { ok: false, expected: `at most ${CIDRS_MAX} ranges` };
  const ranges = parts.map(parseCidr);
  const wrong = parts.find((_, index) => ranges[index] === null);
  if (wrong === undefined) return { ok: true, value: ranges.filter((range) => range !== null) };
  return {
    ok: false,
    expected: `IP addresses or ranges of them such as 10.0.0.0/8, 127.0.0.1, fd00::/8, with commas between, not ${JSON.stringify(wrong.slice(0, 60))}`,
  };
}

function parseCidr(text: string): string | null {
  const [, address = '', digits] = /^([\d.a-f:]{2,45})(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0) return null;
  const bits = family === 4 ? 32 : 128;
  const prefix = digits === undefined ? bits : Number(digits);
  return prefix <= bits ? `${address.toLowerCase()}/${prefix}` : null;
}
