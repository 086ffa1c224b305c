/** What was typed into the fields of a form that were touched, by their names. */
export type Texts = Readonly<Record<string, string>>;

/** Not a number, which JSON writes as null, for an empty field: that a number is wanted is the service's to say. */
export function numberIn(texts: Texts, name: string): number {
  const text = texts[name]?.trim() ?? '';
  return text === '' ? Number.NaN : Number(text);
}
