/** Suggesting the name that was probably meant. */

/** Longer names are no slip of the pen, and comparing them costs the square of their length. */
const NAME_CHARACTERS_MAX = 64;

/** The candidate closest to `name` by edit distance, when close enough to be a slip of the pen; else null. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  if (name.length > NAME_CHARACTERS_MAX) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, or any number >= `limit` when it is at least that. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, character] of left.split('').entries()) {
    let diagonal = index;
    let before = index + 1;
    const next = [before];
    for (const [column, above] of row.slice(1).entries()) {
      const replaced = diagonal + (character === right[column] ? 0 : 1);
      before = Math.min(replaced, above + 1, before + 1);
      next.push(before);
      diagonal = above;
    }
    row = next;
  }
  return Math.max(...row.slice(-1));
}
