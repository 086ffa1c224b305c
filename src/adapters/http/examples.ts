/** Examples for the OpenAPI document: written where something is described, put together where it has parts. */

interface Described {
  readonly examples?: readonly unknown[];
  readonly items?: object;
  readonly properties?: Readonly<Record<string, object>>;
}

/** The example that a schema has, or one made from those of its parts; undefined where one of them has none. */
export function exampleOf(schema: object): unknown {
  const { examples, items, properties }: Described = schema;
  if (examples !== undefined) return examples[0];
  if (items !== undefined) {
    const item = exampleOf(items);
    return item === undefined ? undefined : [item];
  }
  if (properties === undefined) return undefined;
  const parts = Object.entries(properties).map(([name, part]) => [name, exampleOf(part)] as const);
  return parts.some(([, example]) => example === undefined) ? undefined : Object.fromEntries(parts);
}
