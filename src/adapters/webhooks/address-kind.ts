/**
 * What kind of network an IP address leads to. An IPv6 address that stands for an IPv4 address (mapped, compatible,
 * translated, NAT64, 6to4, Teredo) is what the IPv4 address inside is.
 */
import ipaddr from 'ipaddr.js';

/**
 * - `public`: the internet
 * - `local`: this machine or its network (loopback, private, carrier-grade NAT, unspecified)
 * - `special`: nobody's (multicast, reserved, documentation, …)
 * - `metadata`: link-local, and where clouds hand credentials to whoever asks
 */
export type AddressKind = 'public' | 'local' | 'special' | 'metadata';

/** One address that a connection to an address would in truth go to. */
export interface Destination {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly kind: AddressKind;
  /** For people: `loopback`, `private`, … */
  readonly name: string;
}

type Named = readonly [AddressKind, string];

const METADATA: Named = ['metadata', 'cloud metadata'];
const RESERVED: Named = ['special', 'reserved'];

/** By the names of ipaddr.js; what is not here is reserved. */
const RANGES: ReadonlyMap<string, Named> = new Map<string, Named>([
  ['unicast', ['public', 'public']],
  ['as112', ['public', 'public']],
  ['as112v6', ['public', 'public']],
  ['loopback', ['local', 'loopback']],
  ['private', ['local', 'private']],
  ['uniqueLocal', ['local', 'private (unique local)']],
  ['carrierGradeNat', ['local', 'carrier-grade NAT']],
  ['unspecified', ['local', 'unspecified']],
  ['linkLocal', ['metadata', 'link-local']],
  ['multicast', ['special', 'multicast']],
  ['broadcast', ['special', 'broadcast']],
]);

/** Outside link-local: AWS, Google Cloud, Alibaba, Oracle, Azure. */
const METADATA_RANGES = [
  'fd00:ec2::/32',
  'fd20:ce::/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '168.63.129.16/32',
].map((text) => ipaddr.parseCIDR(text));

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
const COMPATIBLE = ipaddr.parseCIDR('::/96');
const LOCAL_NAT64 = ipaddr.parseCIDR('64:ff9b:1::/48');

/** Where an address leads: more than one place when it has more than one IPv4 address inside. Null when it is none. */
export function destinationsOf(text: string): readonly Destination[] | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.parse(text);
  const inside = address instanceof ipaddr.IPv6 ? ipv4Inside(address) : [];
  return (inside.length === 0 ? [address] : inside).map(destination);
}

function destination(address: ipaddr.IPv4 | ipaddr.IPv6): Destination {
  const [kind, name] = isIn(address, METADATA_RANGES) ? METADATA : named(address);
  return { address, kind, name };
}

function named(address: ipaddr.IPv4 | ipaddr.IPv6): Named {
  const range = address.range();
  const isElsewhere = address.kind() === 'ipv6' && !isIn(address, [GLOBAL_UNICAST]);
  return range === 'unicast' && isElsewhere ? RESERVED : (RANGES.get(range) ?? RESERVED);
}

/** True when the address is in one of the ranges, as it is written: IPv4 and IPv6 are not converted. */
export function isIn(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][],
): boolean {
  return ranges.some(
    ([network, prefix]) => network.kind() === address.kind() && address.match(network, prefix),
  );
}

function ipv4Inside(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  const bytes = address.toByteArray();
  const last = ipv4At(bytes, [12, 13, 14, 15]);
  const range = address.range();
  if (range === 'ipv4Mapped' || range === 'rfc6145') return [last];
  if (range === '6to4') return [ipv4At(bytes, [2, 3, 4, 5])];
  if (range === 'teredo') {
    const client = new ipaddr.IPv4(last.octets.map((octet) => octet ^ 0xff));
    return [ipv4At(bytes, [4, 5, 6, 7]), client];
  }
  if (range === 'rfc6052') {
    // RFC 6052: behind a prefix of 96 bits, or of 48 and then around a byte of zeros.
    const middle = ipv4At(bytes, [6, 7, 9, 10]);
    const isShort = isIn(address, [LOCAL_NAT64]) && middle.octets[0] !== 0;
    return isShort ? [middle, last] : [last];
  }
  // Deprecated by RFC 4291, and yet some system may connect to it.
  const isOwn = range === 'unspecified' || range === 'loopback';
  return isIn(address, [COMPATIBLE]) && !isOwn ? [last] : [];
}

function ipv4At(bytes: readonly number[], places: readonly number[]): ipaddr.IPv4 {
  return new ipaddr.IPv4(places.map((place) => bytes[place] ?? 0));
}
