/** Values that are joined by commas in a query string. */
import { nearest } from '../../core/nearest.ts';
import { Problem } from './problems.ts';

/** The values, each of which must be known; else a Problem that suggests the nearest. An empty list would hide the slip. */
export function listed(text: string, pointer: string, known: readonly string[]): string[] {
  const asked = text.split(',').map((one) => one.trim());
  for (const one of asked) {
    if (known.includes(one)) continue;
    const suggestion = nearest(one, known);
    const detail =
      suggestion === null
        ? `must be of ${known.join(', ')}`
        : `unknown; did you mean ${suggestion}?`;
    throw new Problem('validation_failed', `${pointer}: ${detail}`, {
      errors: [{ pointer, code: 'not_one_of', detail }],
    });
  }
  return asked;
}
