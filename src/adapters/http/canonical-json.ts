import type { ParsedJson } from './strict-json.ts';
export function canonicalJson(parsed: ParsedJson): string {
  return JSON.stringify([parsed.value, [...parsed.numbers]]);
}
