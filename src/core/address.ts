/**
 * IP addresses (RFC 4291, RFC 6890): what kind of network one belongs to, and what counts as one address. Total: any
 * text has an answer, none throws; a text that is no address is of a kind of its own.
 */

export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link_local'
  | 'documentation'
  | 'reserved'
  | 'unparseable';

export interface Address {
  readonly kind: AddressKind;
  /**
   * Under what name its history is kept: an IPv4 address whole, however it is wrapped; of an IPv6 address the first 64
   * bits, because a customer is given all that lie behind them; a text that is no address as it stands.
   */
  readonly subject: string;
}

/** IPv4 in four decimal parts without leading zeros, or IPv6 in any of its spellings, with or without a zone. */
export function readAddress(text: string): Address {
  if (!text.includes(':')) {
    const bits = ipv4Bits(text);
    return { kind: bits === null ? 'unparseable' : ipv4Kind(bits), subject: text };
  }
  const bits = ipv6Bits(text);
  if (bits === null) return { kind: 'unparseable', subject: text };
  if (IPV4_WRAPPERS.includes(bits >> 32n)) {
    const wrapped = Number(bits & 0xffffffffn);
    return { kind: ipv4Kind(wrapped), subject: ipv4Text(wrapped) };
  }
  return { kind: ipv6Kind(bits), subject: `${(bits >> 64n).toString(16)}/64` };
}

/** The first 96 bits in front of an IPv4 address: ::ffff:0:0 (RFC 4291) and 64:ff9b:: (RFC 6052). */
const IPV4_WRAPPERS: readonly bigint[] = [0xffffn, 0x64_ff9b_0000_0000_0000_0000n];

const DOT = 46;
const ZERO = 48;

/** The longest spelling of IPv6, and as much again for a zone. */
const IPV6_LENGTH_MAX = 90;

/** Character by character: every payment's address comes through here. */
function ipv4Bits(text: string): number | null {
  let bits = 0;
  let dots = 0;
  let part: number | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === DOT) {
      if (part === null || dots === 3) return null;
      bits = bits * 256 + part;
      dots += 1;
      part = null;
    } else {
      const digit = character - ZERO;
      if (digit < 0 || digit > 9 || part === 0) return null;
      part = (part ?? 0) * 10 + digit;
      if (part > 255) return null;
    }
  }
  return dots === 3 && part !== null ? bits * 256 + part : null;
}

function ipv4Text(bits: number): string {
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.');
}

/** All 128 bits; null for what is no IPv6 address. */
function ipv6Bits(text: string): bigint | null {
  if (text.length > IPV6_LENGTH_MAX) return null;
  const hexadecimal = withoutDecimals(text.replace(/%[\w.~-]+$/, ''));
  const halves = hexadecimal.split('::');
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [known, isShort] = [groups.flat(), halves.length === 2];
  const isWhole = isShort ? known.length < 8 : halves.length === 1 && known.length === 8;
  if (!isWhole || !known.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const zeros = Array.from({ length: 8 - known.length }, () => '0');
  const all = groups.flatMap((half, place) => (place === 0 ? [...half, ...zeros] : half));
  return BigInt(`0x${all.map((group) => group.padStart(4, '0')).join('')}`);
}

/** The last 32 bits may be written as IPv4: they are rewritten as two groups, or left as they are if they are wrong. */
function withoutDecimals(text: string): string {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const bits = ipv4Bits(tail);
  if (bits === null) return text;
  const groups = `${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}`;
  return text.slice(0, -tail.length) + groups;
}

/** A block of addresses: those whose first `length` bits are those of `bits`. */
interface Block {
  readonly bits: number;
  readonly length: number;
  readonly kind: AddressKind;
}

/** Special-purpose blocks (IANA, RFC 6890); those that are seen most come first. */
const IPV4_BLOCKS: readonly Block[] = [
  { bits: 0x0a000000, length: 8, kind: 'private' }, // 10.0.0.0
  { bits: 0xc0a80000, length: 16, kind: 'private' }, // 192.168.0.0
  { bits: 0xac100000, length: 12, kind: 'private' }, // 172.16.0.0
  { bits: 0x7f000000, length: 8, kind: 'loopback' }, // 127.0.0.0
  { bits: 0x64400000, length: 10, kind: 'private' }, // 100.64.0.0, behind a carrier's translation (RFC 6598)
  { bits: 0xa9fe0000, length: 16, kind: 'link_local' }, // 169.254.0.0
  { bits: 0xc0000200, length: 24, kind: 'documentation' }, // 192.0.2.0 (RFC 5737)
  { bits: 0xc6336400, length: 24, kind: 'documentation' }, // 198.51.100.0
  { bits: 0xcb007100, length: 24, kind: 'documentation' }, // 203.0.113.0
  { bits: 0x00000000, length: 8, kind: 'reserved' }, // 0.0.0.0, "this network"
  { bits: 0xc0000000, length: 24, kind: 'reserved' }, // 192.0.0.0, protocol assignments
  { bits: 0xc0586300, length: 24, kind: 'reserved' }, // 192.88.99.0, once 6to4 relays (RFC 7526)
  { bits: 0xc6120000, length: 15, kind: 'reserved' }, // 198.18.0.0, benchmarks (RFC 2544)
  { bits: 0xe0000000, length: 3, kind: 'reserved' }, // 224.0.0.0, multicast, then "future use" and broadcast
];

/** Of IPv6, by the first 32 bits. The first match counts; what no block holds is nobody's yet. */
const IPV6_BLOCKS: readonly Block[] = [
  { bits: 0x20010db8, length: 32, kind: 'documentation' }, // 2001:db8:: (RFC 3849)
  { bits: 0x3fff0000, length: 20, kind: 'documentation' }, // 3fff:: (RFC 9637)
  { bits: 0x20010000, length: 23, kind: 'reserved' }, // 2001::, protocol assignments, Teredo
  { bits: 0x20000000, length: 3, kind: 'public' }, // 2000::, global unicast
  { bits: 0xfc000000, length: 7, kind: 'private' }, // fc00::, unique local (RFC 4193)
  { bits: 0xfec00000, length: 10, kind: 'private' }, // fec0::, once site-local (RFC 3879)
  { bits: 0xfe800000, length: 10, kind: 'link_local' }, // fe80::
];

function ipv4Kind(bits: number): AddressKind {
  return kindIn(IPV4_BLOCKS, bits) ?? 'public';
}

function ipv6Kind(bits: bigint): AddressKind {
  if (bits === 1n) return 'loopback';
  return kindIn(IPV6_BLOCKS, Number(bits >> 96n)) ?? 'reserved';
}

function kindIn(blocks: readonly Block[], bits: number): AddressKind | null {
  for (const block of blocks) {
    const behind = 32 - block.length;
    if (bits >>> behind === block.bits >>> behind) return block.kind;
  }
  return null;
}
