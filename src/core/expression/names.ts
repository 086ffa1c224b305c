/** What to say about a name that nobody knows: the one that was probably meant, or all there are. */
import { nearest } from '../nearest.ts';
import { FUNCTIONS } from './functions.ts';

/** Longer names are cut where they are repeated: they are no slip of the pen. */
const SHOWN_CHARACTERS_MAX = 40;

/** `names` are all facts' whole names, `name` none of them. */
export function adviceOnFact(name: string, names: readonly string[]): string {
  const parts = partsOf(names, `${name}.`);
  if (parts.length > 0) return `${name} is a group of facts; it has ${parts.join(', ')}`;
  const suggestion = nearest(name, names);
  if (suggestion !== null) return `${shown(name)} is no fact; did you mean ${suggestion}?`;
  const group = name.slice(0, name.lastIndexOf('.') + 1);
  const siblings = partsOf(names, group);
  if (group === '' || siblings.length === 0) {
    return `${shown(name)} is no fact; there are ${partsOf(names, '').join(', ')}`;
  }
  return `${shown(name)} is no fact; ${group.slice(0, -1)} has ${siblings.join(', ')}`;
}

/** `name` begins with a dot where a method was called. */
export function adviceOnFunction(name: string): string {
  const suggestion = FUNCTIONS.get(nearest(name, [...FUNCTIONS.keys()]) ?? '');
  const all = [...FUNCTIONS.values()].map(({ usage }) => usage).join(', ');
  const hint = suggestion === undefined ? `there are ${all}` : `did you mean ${suggestion.usage}?`;
  return `${shown(name)} is no function; ${hint}`;
}

/** What follows a beginning, up to the next dot; each once. */
function partsOf(names: readonly string[], beginning: string): readonly string[] {
  const ends = names
    .filter((name) => name.startsWith(beginning))
    .map((name) => name.slice(beginning.length).split('.', 1).join(''));
  return [...new Set(ends)];
}

function shown(name: string): string {
  return name.length <= SHOWN_CHARACTERS_MAX ? name : `${name.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}
