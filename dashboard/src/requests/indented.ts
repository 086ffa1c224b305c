/**
 * JSON with line breaks, and every digit as it was sent: parsing it would make 10.00 a 10. What is no JSON, or was cut
 * off, comes out as far as it makes sense; nothing of it is lost but the spaces between its parts.
 */
const PARTS = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs;

export function indented(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  let depth = 0;
  let out = '';
  let last = '';
  for (const [part] of text.matchAll(PARTS)) {
    const isEnd = part === '}' || part === ']';
    const isBegun = last === '{' || last === '[';
    if (isEnd) depth = Math.max(0, depth - 1);
    if (isEnd ? !isBegun : isBegun || last === ',') out += `\n${'  '.repeat(depth)}`;
    // Two values beside each other are no JSON, and must not become one.
    else if (isValue(part) && isValue(last)) out += ' ';
    out += part === ':' ? ': ' : part;
    if (part === '{' || part === '[') depth += 1;
    last = part;
  }
  return out;
}

function isValue(part: string): boolean {
  return part !== '' && !'{}[],:'.includes(part);
}
