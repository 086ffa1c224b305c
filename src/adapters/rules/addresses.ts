/** IP addresses and ranges of them (CIDR, RFC 4632 and 4291) that a list can hold. */
import { BlockList, isIP } from 'node:net';
import type { Members } from '../../core/rule-lists.ts';

interface Range {
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
}

/** True for an address without a zone, alone or with a prefix: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32. */
export function isRange(text: string): boolean {
  return rangeOf(text) !== null;
}

/** The entries as one set that knows an address in every spelling. Each must be a range. */
export function addressMembers(entries: readonly string[]): Members {
  const ranges = entries.map(rangeOf).filter((range) => range !== null);
  // What most lists have most of is found without reading the address that is asked about.
  const single = new Set(ranges.filter(isSingleIpv4).map(({ address }) => address));
  const isAllSingle = ranges.every(isSingleIpv4);
  const all = new BlockList();
  for (const { address, family, prefix } of ranges) all.addSubnet(address, prefix, `ipv${family}`);
  return {
    size: entries.length,
    has(address) {
      if (single.has(address)) return true;
      if (isAllSingle && !address.includes(':')) return false;
      const family = isIP(address);
      return family !== 0 && all.check(address, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

function rangeOf(text: string): Range | null {
  const [, address = '', digits] = /^([\d.a-f:]{1,45})(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family !== 4 && family !== 6) return null;
  const bits = family === 4 ? 32 : 128;
  const prefix = digits === undefined ? bits : Number(digits);
  return prefix <= bits ? { address, family, prefix } : null;
}

function isSingleIpv4({ family, prefix }: Range): boolean {
  return family === 4 && prefix === 32;
}
