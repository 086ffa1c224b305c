/**
 * One text for all bodies that ask for the same thing, so that the fingerprint of a repeated request
 * does not depend on the order of keys or on white space. This is RFC 8785, except that numbers keep
 * their exact source text: `1.0` and `1.00` are different requests, and no digit is ever rounded.
 */
import { assert } from '../../core/assert.ts';
import { type JsonValue, type ParsedJson, pointerTo } from './strict-json.ts';

/** Keys sorted by UTF-16 code unit, no white space. Recurses no deeper than the parser let nest. */
export function canonicalJson(parsed: ParsedJson): string {
  return write(parsed.value, '', parsed.numbers);
}

function write(value: JsonValue, pointer: string, numbers: ParsedJson['numbers']): string {
  if (typeof value === 'number') {
    const source = numbers.get(pointer);
    assert(source !== undefined, 'every parsed number has its source text');
    return source;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // Adding text takes two thirds of the time of mapping and joining it.
  let members = '';
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      members += `${index === 0 ? '' : ','}${write(item, pointerTo(pointer, index), numbers)}`;
    return `[${members}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    assert(member !== undefined, 'a key has a value');
    const text = write(member, pointerTo(pointer, key), numbers);
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${text}`;
  }
  return `{${members}}`;
}
