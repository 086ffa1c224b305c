/** Sums can outgrow what a JavaScript number holds exactly: their digits go out as they are. */

// Part of ECMAScript 2026; TypeScript's libraries do not name it yet.
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** A value that JSON.stringify prints as these very digits; `text` must be a JSON number. */
export function exactNumber(text: string): object {
  return JSON.rawJSON(text);
}
