/**
 * Makes the generated documents: docs/openapi.json, errors.md, events.md, configuration.md, schema.sql,
 * .env.example and the types of the SDK. With --check it changes nothing and fails when one of them is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { generatedDocuments } from './documents.ts';

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of await generatedDocuments()) {
  const url = new URL(`../${path}`, import.meta.url);
  if (textOf(url) === text) continue;
  stale.push(path);
  if (!isCheck) writeFileSync(url, text);
}
if (isCheck && stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}; run: npm run generate\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(stale.length === 0 ? 'up to date\n' : `wrote ${stale.join(', ')}\n`);
}

function textOf(url: URL): string | null {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return null;
  }
}
