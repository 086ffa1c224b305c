/** The documents that are made from the code, as path and text; the types of the SDK are made from one of them. */
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { openapiTypes } from '../sdk/scripts/openapi-types.ts';
import { isRetryable, PROBLEMS, PUBLIC_CODES } from '../src/adapters/http/problems.ts';
import { migrate } from '../src/adapters/storage/sqlite/migrate.ts';
import { compose } from '../src/apps/compose.ts';
import { effectiveSettings, parseConfig } from '../src/apps/config.ts';
import { SETTINGS } from '../src/apps/settings.ts';
import { EVENT_MEANINGS, EVENT_TYPES } from '../src/core/events.ts';
import { STACK_VARIABLES } from './stack-variables.ts';

interface Documented {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

const MADE = '<!-- Made by `npm run generate`; do not edit. -->';

export async function generatedDocuments(): Promise<Map<string, string>> {
  const openApiText = await openApi();
  return new Map([
    ['docs/openapi.json', openApiText],
    ['sdk/src/generated/openapi.ts', await openapiTypes(openApiText)],
    ['docs/errors.md', errors()],
    ['docs/events.md', events()],
    ['docs/configuration.md', configuration()],
    ['docs/schema.sql', schema()],
    ['.env.example', envExample()],
  ]);
}

async function openApi(): Promise<string> {
  const config = parseConfig(effectiveSettings({ DATABASE_URL: 'sqlite::memory:' }, {}));
  const service = await compose(config, pino({ level: 'silent' }), () => {});
  await service.app.ready();
  const document = service.app.swagger();
  await service.end();
  return `${JSON.stringify(document, null, 2)}\n`;
}

function errors(): string {
  const rows = PUBLIC_CODES.map((code) => {
    const { status, title, help } = PROBLEMS[code];
    return `| \`${code}\` | ${status} | ${title} | ${help} | ${isRetryable(code) ? 'yes' : 'no'} |`;
  });
  return [
    '# Errors',
    '',
    MADE,
    '',
    'Every error is `application/problem+json` (RFC 9457). Program against `code`; `detail` says what was expected and',
    'what to do next; `errors` has one entry per faulty field. `GET /errors/{code}` serves the same text.',
    '',
    '| code | status | title | what it means and what to do | may the same request succeed later |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function events(): string {
  return [
    '# Events',
    '',
    MADE,
    '',
    'Every change appends one event to the log, in the same commit. `GET /events` reads the log, from either end,',
    "`GET /payments/{payment_id}/events` one payment's part of it. `data` is the payment as it became; of an event",
    'whose `payment_id` is null, the settings or the rules. Webhooks send the same events: [webhooks.md](webhooks.md).',
    '',
    '| type | when |',
    '|---|---|',
    ...EVENT_TYPES.map((type) => `| \`${type}\` | ${EVENT_MEANINGS[type]} |`),
    '',
  ].join('\n');
}

function configuration(): string {
  const rows = SETTINGS.map(({ name, aliases, fallback, meaning }) => {
    const also = aliases.length === 0 ? '' : ` (also \`${aliases.join('`, `')}\`)`;
    return `| \`${name}\`${also} | ${fallback === '' ? '(empty)' : `\`${fallback}\``} | ${meaning} |`;
  });
  return [
    '# Configuration',
    '',
    MADE,
    '',
    'Settings come from the environment, then from `.env` in the working directory, then from the default. A bad value',
    'stops the start with one line per fault. `npx farthing config` shows what is in force and where it came from.',
    '',
    '| name | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function envExample(): string {
  const block = (heading: string, entries: readonly Documented[]) => [
    `# ---- ${heading}`,
    ...entries.map(({ name, fallback, meaning }) => `# ${meaning}\n# ${name}=${fallback}`),
  ];
  return [
    '# Copy to .env and take away the # before what you change. Made by npm run generate.',
    '# npm start, the farthing command and compose.yaml read it; docs/running.md says what compose.yaml sets by itself.',
    ...block('settings of the program', SETTINGS),
    ...block('of compose.yaml only', STACK_VARIABLES),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function schema(): string {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const rows = database
    .prepare('select sql from sqlite_schema where sql is not null order by rowid')
    .all();
  database.close();
  return `-- Made by npm run generate; do not edit.\n\n${rows.map((row) => `${String(row['sql'])};`).join('\n\n')}\n`;
}
