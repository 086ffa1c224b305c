import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Config, ConfigError, effectiveSettings, parseConfig, readEnvFile } from './config.ts';
import { SETTINGS } from './settings.ts';
import { shownValue } from './shown-settings.ts';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

type Environment = Readonly<Record<string, string | undefined>>;

function configOf(environment: Environment, envFile: Environment = {}): Config {
  return parseConfig(effectiveSettings(environment, envFile));
}

function faultsOf(environment: Environment): readonly string[] {
  try {
    configOf(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('without any setting the defaults hold', () => {
  expect(configOf({})).toEqual({
    host: '127.0.0.1',
    port: 8000,
    databasePath: './farthing.db',
    redisUrl: null,
    workerPort: 8010,
    anchorsPath: null,
    hasWriteThread: false,
    logLevel: 'info',
    allowedHosts: [],
    corsOrigins: [
      'http://localhost:5173',
      'http://127.0.0.1:5173',
      'http://localhost:4173',
      'http://127.0.0.1:4173',
    ],
    apiKeys: [],
    rateLimitPerMinute: 0,
    trustedProxies: [],
    isSync: false,
    seed: null,
    cardFingerprintKey: null,
    luhn: 'signal',
    riskModelUrl: null,
    riskModelTimeoutMs: 200,
    rulesFile: null,
    webhooks: { url: null, secret: null, allowCidrs: [], isOpen: true, timeScale: 1 },
    simulation: {
      failureRate: 0.2,
      startDelayMs: 0,
      processingDelayMs: 500,
      processingJitterMs: 0,
      retriesMax: 3,
      fraudThreshold: { anyE4: 100_000_000n, byCurrencyE4: new Map() },
      highAmountThreshold: { anyE4: 5_000_000n, byCurrencyE4: new Map() },
      highAmountDeclineRate: 0.3,
      randomDeclineRate: 0.1,
      riskBlockScore: 0.85,
      hasAmountTails: false,
      outage: 'none',
    },
    shown: SETTINGS.map(({ name, fallback: value, meaning: description, ...more }) => {
      const secret = more.isSecret === true;
      const shown = secret && value !== '' ? '(set, not shown)' : value;
      return { name, value: shown, description, source: 'default', secret };
    }),
  });
});

test('the record is frozen', () => {
  const config = configOf({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.simulation)).toBe(true);
  expect(Object.isFrozen(config.webhooks)).toBe(true);
});

describe('a good value', () => {
  const values: readonly [string, string, (config: Config) => unknown, unknown][] = [
    ['PORT', '0', ({ port }) => port, 0],
    ['PORT', ' 65535 ', ({ port }) => port, 65_535],
    ['LOG_LEVEL', 'WARN', ({ logLevel }) => logLevel, 'warn'],
    ['PROCESSING_MODE', 'Sync', ({ isSync }) => isSync, true],
    ['FAILURE_RATE', '0', ({ simulation }) => simulation.failureRate, 0],
    ['FAILURE_RATE', '1', ({ simulation }) => simulation.failureRate, 1],
    ['FAILURE_RATE', '.25', ({ simulation }) => simulation.failureRate, 0.25],
    ['PROCESSING_DELAY_MS', '0', ({ simulation }) => simulation.processingDelayMs, 0],
    ['PROCESSING_START_DELAY_MS', '7', ({ simulation }) => simulation.startDelayMs, 7],
    ['PROCESSING_JITTER_MS', '9', ({ simulation }) => simulation.processingJitterMs, 9],
    ['MAX_RETRIES', '0', ({ simulation }) => simulation.retriesMax, 0],
    ['RATE_LIMIT_PER_MINUTE', '600', ({ rateLimitPerMinute: limit }) => limit, 600],
    [
      'ALLOWED_HOSTS',
      'a.example, b.example ,',
      ({ allowedHosts }) => allowedHosts,
      ['a.example', 'b.example'],
    ],
    ['CORS_ORIGINS', '*', ({ corsOrigins }) => corsOrigins, ['*']],
    [
      'CORS_ORIGINS',
      'https://a.example:8443',
      ({ corsOrigins }) => corsOrigins,
      ['https://a.example:8443'],
    ],
    ['SIMULATION_SEED', 'abc', ({ seed }) => seed, 'abc'],
    ['SQLITE_THREAD', 'on', ({ hasWriteThread }) => hasWriteThread, true],
    ['CARD_LUHN', 'Enforce', ({ luhn }) => luhn, 'enforce'],
    ['AMOUNT_TAILS', 'on', ({ simulation }) => simulation.hasAmountTails, true],
    ['RANDOM_DECLINE_RATE', '0.5', ({ simulation }) => simulation.randomDeclineRate, 0.5],
    ['HIGH_AMOUNT_DECLINE_RATE', '1', ({ simulation }) => simulation.highAmountDeclineRate, 1],
    ['RISK_BLOCK_SCORE', '0.9', ({ simulation }) => simulation.riskBlockScore, 0.9],
    [
      'HIGH_AMOUNT_THRESHOLD',
      '100,JPY:9000',
      ({ simulation }) => simulation.highAmountThreshold,
      { anyE4: 1_000_000n, byCurrencyE4: new Map([['JPY', 90_000_000n]]) },
    ],
    [
      'RISK_MODEL_URL',
      'https://x.example/s',
      (config) => config.riskModelUrl,
      'https://x.example/s',
    ],
    ['RISK_MODEL_TIMEOUT_MS', '50', ({ riskModelTimeoutMs }) => riskModelTimeoutMs, 50],
    ['RULES_FILE', './rules.json', ({ rulesFile }) => rulesFile, './rules.json'],
    ['WEBHOOK_URL', 'http://10.0.0.7/in', ({ webhooks }) => webhooks.url, 'http://10.0.0.7/in'],
    ['WEBHOOK_SECRET', WEBHOOK_SECRET, ({ webhooks }) => webhooks.secret, WEBHOOK_SECRET],
    [
      'WEBHOOK_ALLOW_CIDRS',
      '10.0.0.0/8, 192.168.1.20',
      ({ webhooks }) => webhooks.allowCidrs,
      ['10.0.0.0/8', '192.168.1.20/32'],
    ],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/8,127.0.0.1',
      ({ trustedProxies }) => trustedProxies,
      ['10.0.0.0/8', '127.0.0.1/32'],
    ],
    ['WEBHOOK_TIME_SCALE', '0.000001', ({ webhooks }) => webhooks.timeScale, 0.000_001],
    ['WEBHOOK_TIME_SCALE', '.5', ({ webhooks }) => webhooks.timeScale, 0.5],
    ['HOST', '::1', ({ webhooks }) => webhooks.isOpen, true],
    [
      'CARD_FINGERPRINT_KEY',
      'Ab'.repeat(16),
      ({ cardFingerprintKey: key }) => key,
      'Ab'.repeat(16),
    ],
    [
      'FRAUD_THRESHOLD',
      '500.5,JPY:100, kwd:0.001',
      ({ simulation }) => simulation.fraudThreshold,
      {
        anyE4: 5_005_000n,
        byCurrencyE4: new Map([
          ['JPY', 1_000_000n],
          ['KWD', 10n],
        ]),
      },
    ],
  ];
  test.each(values)('of %s (%s) is taken', (name, value, read, expected) => {
    expect(read(configOf({ [name]: value }))).toEqual(expected);
  });

  const databases: readonly [string, string][] = [
    ['sqlite:./farthing.db', './farthing.db'],
    ['sqlite:data/farthing.db', 'data/farthing.db'],
    ['sqlite:/var/lib/farthing.db', '/var/lib/farthing.db'],
    ['SQLITE:./x.db', './x.db'],
    ['sqlite::memory:', ':memory:'],
    ['sqlite:///./payments.db', './payments.db'],
    ['sqlite:///payments.db', 'payments.db'],
    ['sqlite:////var/lib/payments.db', '/var/lib/payments.db'],
    ['sqlite:///:memory:', ':memory:'],
    ['sqlite://', ':memory:'],
  ];
  test.each(databases)('of DATABASE_URL (%s) is the path %s', (url, path) => {
    expect(configOf({ DATABASE_URL: url }).databasePath).toBe(path);
  });

  test('of REDIS_URL goes with Postgres, and with SQLite is a fault that says why', () => {
    const url = 'rediss://user:word@cache.example:6380/2';
    const config = configOf({ REDIS_URL: url, DATABASE_URL: 'postgres://db.example/farthing' });
    expect(config.redisUrl).toBe(url);
    const [fault, ...more] = faultsOf({ REDIS_URL: url });
    expect(fault).toContain('a SQLite database has one process and needs none');
    expect(more).toEqual([]);
  });

  test('of API_KEYS is kept as names and hashes, never as keys', () => {
    const secret = 'abcdefghijklmnop';
    const config = configOf({ API_KEYS: `shop:${secret}, viewer:ro:${secret}1,` });
    expect(config.apiKeys).toEqual([
      { name: 'shop', sha256: hash('sha256', secret), mayWrite: true },
      { name: 'viewer', sha256: hash('sha256', `${secret}1`), mayWrite: false },
    ]);
    expect(
      JSON.stringify(config, (_, value: unknown) => (typeof value === 'bigint' ? '' : value)),
    ).not.toContain(secret);
  });
});

describe('a bad value', () => {
  const bad: readonly [string, readonly string[], string][] = [
    [
      'PORT',
      ['-1', '65536', '80a', '8e3', '1.5', '0x50', 'eight'],
      'a whole number from 0 to 65535',
    ],
    ['RATE_LIMIT_PER_MINUTE', ['-1', 'many', '10000001'], 'a whole number'],
    ['PROCESSING_DELAY_MS', ['-1', '0.5', '86400001', '500ms'], 'a whole number'],
    ['PROCESSING_START_DELAY_MS', ['-1', 'x'], 'a whole number'],
    ['PROCESSING_JITTER_MS', ['-1', 'x'], 'a whole number'],
    ['MAX_RETRIES', ['-1', '1001', '3.0'], 'a whole number from 0 to 1000'],
    [
      'FAILURE_RATE',
      ['-0.1', '1.1', '20%', 'NaN', '1e-1', '0,2', '1.'],
      'a probability from 0 to 1',
    ],
    ['LOG_LEVEL', ['loud', 'information'], 'one of trace, debug, info'],
    ['SQLITE_THREAD', ['1', 'yes'], 'one of on, off'],
    ['CARD_LUHN', ['on', 'strict'], 'one of signal, enforce'],
    ['AMOUNT_TAILS', ['1', 'true'], 'one of on, off'],
    ['RANDOM_DECLINE_RATE', ['2', 'x'], 'a probability from 0 to 1'],
    ['HIGH_AMOUNT_DECLINE_RATE', ['2', 'x'], 'a probability from 0 to 1'],
    ['RISK_BLOCK_SCORE', ['2', 'x'], 'a probability from 0 to 1'],
    ['HIGH_AMOUNT_THRESHOLD', ['-1', 'much'], 'an amount in major units'],
    ['RISK_MODEL_URL', ['model', 'ftp://x', '//x'], 'an address that begins'],
    ['RISK_MODEL_TIMEOUT_MS', ['0', '10001'], 'a whole number from 1 to 10000'],
    [
      'WEBHOOK_URL',
      ['shop', 'ftp://x', '/sinks/a', 'http://user:word@x.example/', 'http://x.example/#a'],
      'an address that begins with http:// or https://, without user',
    ],
    ['TRUSTED_PROXIES', ['10.0.0.0/33', 'true', 'loopback'], 'IP addresses or ranges'],
    ['WEBHOOK_ALLOW_CIDRS', ['10.0.0.0/33', 'localhost', '10.1'], 'IP addresses or ranges'],
    ['WEBHOOK_TIME_SCALE', ['0', '0.0000001', '2', '-1', 'fast'], 'a number from 0.000001 to 1'],
    ['REDIS_URL', ['localhost:6379', 'http://x', 'redis'], 'an address like redis://'],
    ['WORKER_PORT', ['-1', '65536', 'x'], 'a whole number from 0 to 65535'],
    ['PROCESSING_MODE', ['synchronous', 'true'], 'one of async, sync'],
    ['ALLOW_ANONYMOUS', ['yes', '1', 'on'], 'one of true, false'],
    ['DATABASE_URL', ['mysql://x', './farthing.db', 'sqlite', 'x'], 'sqlite:<path>'],
    [
      'CORS_ORIGINS',
      ['localhost:5173', 'http://a.example/', 'http://a.example/x', 'ftp://a.example', 'http://'],
      'origins like',
    ],
    [
      'FRAUD_THRESHOLD',
      ['-1', 'much', '1e4', '10000,JPY', '10000,XXX:1', '10000,JPY:-1', 'JPY:5', '1,JPY:1:2'],
      'an amount in major units',
    ],
  ];
  const rows = bad.flatMap(([name, values, expected]) =>
    values.map((value) => [name, value, expected] as const),
  );
  test.each(rows)(
    'of %s (%s) is one fault, which says what is expected',
    (name, value, expected) => {
      const faults = faultsOf({ [name]: value });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain(`${name} must be ${expected}`);
      expect(faults[0]).toContain(JSON.stringify(value));
    },
  );

  const keys = [
    'abcdefghijklmnop',
    'shop:short',
    'shop:',
    ':abcdefghijklmnop',
    'a b:abcdefghijklmnop',
    'shop:abcdefgh ijklmnop',
    `${'n'.repeat(41)}:abcdefghijklmnop`,
    `shop:${'k'.repeat(201)}`,
    'shop:abcdefghijklmnop,other',
    'shop:ro:short',
  ];
  test.each(keys)('of API_KEYS (%s) is a fault that does not show it', (value) => {
    const faults = faultsOf({ API_KEYS: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('API_KEYS must be keys like name:secret');
    expect(faults[0]).not.toContain(value);
  });

  test.each(['abc', 'whsec_', `whsec_${'A'.repeat(30)}`, `${WEBHOOK_SECRET}!`])(
    'of WEBHOOK_SECRET (%s) is a fault that does not show it',
    (value) => {
      const faults = faultsOf({ WEBHOOK_SECRET: value });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain('WEBHOOK_SECRET must be whsec_ and the base64');
      expect(faults[0]).not.toContain(`"${value}"`);
    },
  );

  test.each(['xyz', 'ab', 'ab'.repeat(15), `${'ab'.repeat(16)}a`, 'zz'.repeat(16)])(
    'of CARD_FINGERPRINT_KEY (%s) is a fault that does not show it',
    (value) => {
      const faults = faultsOf({ CARD_FINGERPRINT_KEY: value });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain('CARD_FINGERPRINT_KEY must be');
      expect(faults[0]).not.toContain(`"${value}"`);
    },
  );

  test('does not hide the others: all faults are said at once', () => {
    const faults = faultsOf({
      PORT: 'x',
      DATABASE_URL: 'x',
      CORS_ORIGINS: 'x',
      API_KEYS: 'x',
      LOG_LEVEL: 'x',
      FAILURE_RATE: 'x',
      FRAUD_THRESHOLD: 'x',
      ALLOW_ANONYMOUS: 'x',
    });
    expect(faults.map((fault) => fault.split(' ', 1)[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
      'CORS_ORIGINS',
      'API_KEYS',
      'FAILURE_RATE',
      'FRAUD_THRESHOLD',
      'ALLOW_ANONYMOUS',
    ]);
  });
});

describe('a host that other machines reach', () => {
  const key = 'shop:abcdefghijklmnop';
  test.each(['0.0.0.0', '::', '192.168.1.5', 'pay.example', '127.evil.example'])(
    '(%s) needs API keys',
    (HOST) => {
      const faults = faultsOf({ HOST });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain('API_KEYS');
      expect(faults[0]).toContain('ALLOW_ANONYMOUS=true');
      expect(faultsOf({ HOST, API_KEYS: key })).toEqual([]);
      expect(faultsOf({ HOST, ALLOW_ANONYMOUS: 'true' })).toEqual([]);
      expect(faultsOf({ HOST, ALLOW_ANONYMOUS: 'false' })).toHaveLength(1);
    },
  );

  test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('is not %s', (HOST) => {
    expect(faultsOf({ HOST })).toEqual([]);
  });
});

describe('where a value comes from', () => {
  const valueOf = (name: string, environment: Environment, envFile: Environment) => {
    const found = effectiveSettings(environment, envFile).find((setting) => setting.name === name);
    return [found?.value, found?.source];
  };

  test('is the environment before .env before the default', () => {
    expect(valueOf('PORT', { PORT: '1' }, { PORT: '2' })).toEqual(['1', 'environment']);
    expect(valueOf('PORT', {}, { PORT: '2' })).toEqual(['2', '.env']);
    expect(valueOf('PORT', {}, {})).toEqual(['8000', 'default']);
  });

  test('may have an older name, which the newer one beats in the same place', () => {
    const aliases: readonly [string, string][] = [
      ['PORT', 'API_PORT'],
      ['DATABASE_URL', 'SQLALCHEMY_DATABASE_URL'],
    ];
    for (const [name, alias] of aliases) {
      expect(valueOf(name, { [alias]: 'old' }, {})).toEqual(['old', 'environment']);
      expect(valueOf(name, { [alias]: 'old', [name]: 'new' }, {})).toEqual(['new', 'environment']);
      expect(valueOf(name, { [alias]: 'old' }, { [name]: 'new' })).toEqual(['old', 'environment']);
      expect(valueOf(name, {}, { [alias]: 'old' })).toEqual(['old', '.env']);
    }
  });

  test('skips what is blank', () => {
    expect(valueOf('PORT', { PORT: '  ' }, { PORT: '2' })).toEqual(['2', '.env']);
    expect(valueOf('PORT', { PORT: '', API_PORT: '3' }, {})).toEqual(['3', 'environment']);
    expect(valueOf('FAILURE_RATE', { FAILURE_RATE: '' }, {})).toEqual(['0.2', 'default']);
  });

  test('names every setting once', () => {
    const names = effectiveSettings({}, {}).map(({ name }) => name);
    expect(names).toEqual(SETTINGS.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  test('is a file named .env in the working directory, which may be missing', () => {
    const before = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), 'farthing-config-'));
    try {
      process.chdir(folder);
      expect(readEnvFile()).toEqual({});
      writeFileSync('.env', '# a comment\nPORT=8123\nSIMULATION_SEED="a b"\n');
      expect(readEnvFile()).toEqual({ PORT: '8123', SIMULATION_SEED: 'a b' });
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  test('never shows a secret', () => {
    const settings = effectiveSettings({ API_KEYS: 'shop:abcdefghijklmnop', PORT: '1' }, {});
    const shown = settings.map((setting) => `${setting.name}=${shownValue(setting)}`);
    expect(shown).toContain('PORT=1');
    expect(shown).toContain('API_KEYS=(set, not shown)');
    expect(shown).toContain('CARD_FINGERPRINT_KEY=');
    expect(shown.join()).not.toContain('abcdefgh');
  });
});
