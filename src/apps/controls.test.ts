import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { BUILTIN_RULES } from '../adapters/rules/builtin.ts';
import { databaseUrl } from '../../test/support/store.ts';
import { compose, type Service } from './compose.ts';
import { effectiveSettings, parseConfig } from './config.ts';
import type { SettingName } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'farthing-controls-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Environment = Partial<Record<SettingName, string>>;

function start(environment: Environment): Promise<Service> {
  const config = parseConfig(effectiveSettings(environment, {}));
  return compose(config, pino({ level: 'silent' }), (error) => {
    throw error;
  });
}

/** Starts on the same file, runs the work, ends. */
async function running<Value>(
  environment: Environment,
  work: (service: Service) => Promise<Value>,
): Promise<Value> {
  const service = await start(environment);
  service.begin();
  try {
    return await work(service);
  } finally {
    await service.end();
  }
}

async function authorize({ app }: Service, card: string) {
  const answer = await app.inject({
    method: 'POST',
    url: '/payment',
    payload: { card_number: card, amount: 10, merchant: 'shop', device_id: 'd-1', ip: '8.8.8.8' },
  });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return answer.json<{ decision_reason: string | null; score: number; features: object }>();
}

const NO_CARDS = {
  ...BUILTIN_RULES,
  card: [{ name: 'no_cards', decline: 'RULE_BLOCKED', message: 'No cards here.' }],
};

describe('RULES_FILE', () => {
  test('has the rules to begin with', async () => {
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify(NO_CARDS));
    const environment = { DATABASE_URL: 'sqlite::memory:', RULES_FILE: file };
    const answer = await running(environment, (service) => authorize(service, '4000001234567890'));
    expect(answer.decision_reason).toBe('No cards here.');
  });

  const useless: readonly [string, string, RegExp][] = [
    ['no JSON', '{"card":', /RULES_FILE .* is no JSON/],
    ['a fault', '{"card":[]}', /RULES_FILE .* cannot be used: .*farthing rules check/],
    ['a text', '"x"', /RULES_FILE .* cannot be used/],
  ];
  test.each(useless)('with %s stops the start, and says where', async (_name, text, message) => {
    const file = join(folder, 'useless.json');
    writeFileSync(file, text);
    const environment = { DATABASE_URL: 'sqlite::memory:', RULES_FILE: file };
    await expect(start(environment)).rejects.toThrow(message);
  });

  test('that is not there stops the start', async () => {
    const environment = { DATABASE_URL: 'sqlite::memory:', RULES_FILE: join(folder, 'none.json') };
    await expect(start(environment)).rejects.toThrow(/cannot be read/);
  });
});

test('what is known of a card is the same after a restart as before it', async () => {
  const settings = { SIMULATION_SEED: 's' };
  const environment = { ...settings, DATABASE_URL: await databaseUrl(join(folder, 'known.db')) };
  const other = { ...settings, DATABASE_URL: await databaseUrl(join(folder, 'other.db')) };
  const card = '4000001234567890';
  const burst = async (service: Service) => {
    for (let index = 0; index < 5; index += 1) await authorize(service, card);
  };
  await running(environment, burst);
  const after = await running(environment, (service) => authorize(service, card));
  const through = await running(other, async (service) => {
    await burst(service);
    return authorize(service, card);
  });
  expect(after.features).toEqual(through.features);
  expect(after.features).toMatchObject({ spending_velocity: 0.625 });
});

test('what is known of a card is the same after a crash as before it', async () => {
  const file = join(folder, 'running.db');
  const copy = join(folder, 'crashed.db');
  const settings = { SIMULATION_SEED: 's', CARD_FINGERPRINT_KEY: 'ab'.repeat(16) };
  const card = '4000001234567890';
  const [crashed, through] = await running(
    { ...settings, DATABASE_URL: `sqlite:${file}` },
    async (service) => {
      for (let index = 0; index < 5; index += 1) await authorize(service, card);
      // What a process that was killed leaves: the file and its WAL, and no checkpoint.
      for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
      expect(existsSync(`${copy}.features`)).toBe(false);
      const after = await running({ ...settings, DATABASE_URL: `sqlite:${copy}` }, (other) =>
        authorize(other, card),
      );
      return [after, await authorize(service, card)] as const;
    },
  );
  expect(crashed).toMatchObject({ features: through.features, score: through.score });
});
