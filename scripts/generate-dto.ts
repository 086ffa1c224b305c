/**
 * `npm run generate:dto`: makes the types of the SDK anew of docs/openapi.json as it is. `npm run generate` makes that
 * document first; `npm test` fails when either has drifted from what it is made of.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openapiTypes } from '../sdk/scripts/openapi-types.ts';

const DOCUMENT = 'docs/openapi.json';
const TYPES = 'sdk/src/generated/openapi.ts';

const types = await openapiTypes(readFileSync(fileOf(DOCUMENT), 'utf8'));
if (readFileSync(fileOf(TYPES), 'utf8') === types) {
  console.log(`${TYPES} is what ${DOCUMENT} says`);
} else {
  writeFileSync(fileOf(TYPES), types);
  console.log(`wrote ${TYPES} of ${DOCUMENT}`);
}

function fileOf(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
