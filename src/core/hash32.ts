/**
 * A small hash for what needs neither secrecy nor strength: priors that are the same on every machine, and short names
 * for card fingerprints, which are keyed hashes already. Never use it for anything that somebody wants to forge.
 */

/**
 * 32 bits, as an integer in [0, 2^32). FNV-1a (Fowler, Noll, Vo) over UTF-16 code units, then the finalizer of
 * MurmurHash3: FNV alone leaves the upper bits of texts that differ in their last character close together.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
