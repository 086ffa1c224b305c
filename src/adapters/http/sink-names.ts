/** What a sink may be called. */

export const SINK_NAME_FORM = '1 to 64 of a-z, 0-9, hyphen, underscore and dot';

/** Not of dots alone: those would be another path. */
export function isSinkName(text: string): boolean {
  return /^(?!\.+$)[a-z0-9._-]{1,64}$/.test(text);
}
