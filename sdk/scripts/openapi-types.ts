/**
 * The types of src/generated/openapi.ts, made of docs/openapi.json. What no client needs is left out: examples, and the
 * answers that say what went wrong, which are all one `FarthingError`.
 */
import openapiTS, { astToString } from 'openapi-typescript';

const MADE = '// Made by `npm run generate` of docs/openapi.json; do not edit.\n\n';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** TypeScript for a document of OpenAPI 3.1, given as JSON text. */
export async function openapiTypes(document: string): Promise<string> {
  const nodes = await openapiTS(JSON.stringify(leanOf(JSON.parse(document) as Json)), {
    emptyObjectsUnknown: true,
    immutable: true,
    silent: true,
  });
  const named = new Map(nodes.map((node) => [nameOf(node), node]));
  const operations = textOf(named.get('operations'));
  const components = operations.includes('components["') ? textOf(named.get('components')) : '';
  return `${MADE}${components}${operations}`;
}

type Node = Parameters<typeof astToString>[0] & object;

function nameOf(node: object): string {
  const { name } = node as { readonly name?: { readonly text?: string } };
  return name?.text ?? '';
}

function textOf(node: Node | undefined): string {
  return node === undefined ? '' : astToString(node);
}

function leanOf(value: Json, parent = ''): Json {
  if (Array.isArray(value)) return value.map((item) => leanOf(item));
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => {
    if (parent === 'responses') return name.startsWith('2');
    // A property may be called so too.
    return parent === 'properties' || !['example', 'examples'].includes(name);
  });
  return Object.fromEntries(kept.map(([name, member]) => [name, leanOf(member, name)]));
}
