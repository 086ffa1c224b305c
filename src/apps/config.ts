/**
 * Configuration: environment and `.env`, read once into a frozen record. One schema makes the check, the
 * documentation (docs/configuration.md), `.env.example` and `farthing config`.
 */
import { readFileSync } from 'node:fs';
import { hash } from 'node:crypto';
import { parseEnv } from 'node:util';
import type { ApiKey } from '../adapters/http/deps.ts';
import { assert } from '../core/assert.ts';
import { type AmountLimit, readLimit, type Settings } from '../core/scenario.ts';
import { parseCidrs } from '../adapters/webhooks/addresses.ts';
import { isSecret as isWebhookSecret } from '../adapters/webhooks/secret.ts';
import { isPostgres } from './database-kind.ts';
import { withPostgresAddress } from './postgres-address.ts';
import { isSecret, SETTINGS, type SettingName } from './settings.ts';
import { type ShownSetting, shownSettings } from './shown-settings.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** A path, `:memory:`, or the address of a Postgres server: see database-kind.ts. */
  readonly databasePath: string;
  /** Null for none. */
  readonly redisUrl: string | null;
  /** Null: beside a database file; see anchorsPathOf. */
  readonly anchorsPath: string | null;
  /** Where a worker says how it is. */
  readonly workerPort: number;
  /** Whether a database file is written by a thread of its own. */
  readonly hasWriteThread: boolean;
  readonly logLevel: string;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly apiKeys: readonly ApiKey[];
  readonly rateLimitPerMinute: number;
  /** As ranges; see TRUSTED_PROXIES. */
  readonly trustedProxies: readonly string[];
  readonly isSync: boolean;
  readonly seed: string | null;
  readonly cardFingerprintKey: string | null;
  readonly luhn: 'signal' | 'enforce';
  /** Null for the built-in score. */
  readonly riskModelUrl: string | null;
  readonly riskModelTimeoutMs: number;
  /** Null for the built-in rules. */
  readonly rulesFile: string | null;
  readonly webhooks: WebhookConfig;
  readonly simulation: Settings;
  /** All of it as it was given and may be shown. */
  readonly shown: readonly ShownSetting[];
}

export interface WebhookConfig {
  /** Null when the environment names no endpoint. */
  readonly url: string | null;
  /** Null: made once and kept. */
  readonly secret: string | null;
  /** Private addresses that are allowed, as ranges. */
  readonly allowCidrs: readonly string[];
  /** True when only this machine can reach the server: then webhooks may go to this machine and its network too. */
  readonly isOpen: boolean;
  /** Every wait between attempts is multiplied by it. */
  readonly timeScale: number;
}

/** Thirty days are then 2.6 seconds. */
const TIME_SCALE_MIN = 0.000_001;

/** Where an effective value came from. */
export type Source = 'environment' | '.env' | 'default';

export interface EffectiveSetting {
  readonly name: SettingName;
  readonly value: string;
  readonly source: Source;
}

/** Thrown with one line per fault: the start stops, and all of them are said at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`);
    this.faults = faults;
  }
}

/** The value of every setting and where it came from; the environment wins over `.env`. */
export function effectiveSettings(
  environment: Readonly<Record<string, string | undefined>>,
  envFile: Readonly<Record<string, string | undefined>>,
): EffectiveSetting[] {
  const settings = SETTINGS.map(({ name, aliases, fallback }): EffectiveSetting => {
    const names = [name, ...aliases];
    for (const [source, values] of [
      ['environment', environment],
      ['.env', envFile],
    ] as const) {
      const found = names.map((candidate) => values[candidate]).find((value) => value?.trim());
      if (found !== undefined) return { name, value: found.trim(), source };
    }
    return { name, value: fallback, source: 'default' };
  });
  return withPostgresAddress(settings);
}

/** Reads `.env` in the working directory; empty when there is none. */
export function readEnvFile(): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Checks all settings and freezes them; throws a ConfigError that names every fault. */
export function parseConfig(settings: readonly EffectiveSetting[]): Config {
  const reader = new Reader(settings);
  reader.integer('POSTGRES_PORT', 1, 65_535); // it is a part of DATABASE_URL by now: see postgres-address.ts
  const config: Config = {
    host: reader.text('HOST'),
    port: reader.integer('PORT', 0, 65_535),
    databasePath: reader.parsed('DATABASE_URL', databasePath),
    redisUrl: reader.parsed('REDIS_URL', redisAddress),
    anchorsPath: reader.text('AUDIT_ANCHORS') || null,
    workerPort: reader.integer('WORKER_PORT', 0, 65_535),
    hasWriteThread: reader.oneOf('SQLITE_THREAD', ['on', 'off']) === 'on',
    logLevel: reader.oneOf('LOG_LEVEL', [
      'trace',
      'debug',
      'info',
      'warn',
      'error',
      'fatal',
      'silent',
    ]),
    allowedHosts: reader.list('ALLOWED_HOSTS'),
    corsOrigins: reader.parsed('CORS_ORIGINS', corsOrigins),
    apiKeys: reader.parsed('API_KEYS', apiKeys),
    trustedProxies: reader.parsed('TRUSTED_PROXIES', parseCidrs),
    rateLimitPerMinute: reader.integer('RATE_LIMIT_PER_MINUTE', 0, 10_000_000),
    isSync: reader.oneOf('PROCESSING_MODE', ['async', 'sync']) === 'sync',
    seed: reader.text('SIMULATION_SEED') || null,
    cardFingerprintKey: reader.parsed('CARD_FINGERPRINT_KEY', hexadecimalKey),
    luhn: reader.oneOf('CARD_LUHN', ['signal', 'enforce']) === 'enforce' ? 'enforce' : 'signal',
    riskModelUrl: reader.parsed('RISK_MODEL_URL', webAddress),
    riskModelTimeoutMs: reader.integer('RISK_MODEL_TIMEOUT_MS', 1, 10_000),
    rulesFile: reader.text('RULES_FILE') || null,
    webhooks: Object.freeze({
      url: reader.parsed('WEBHOOK_URL', webhookAddress),
      secret: reader.parsed('WEBHOOK_SECRET', webhookSecret),
      allowCidrs: reader.parsed('WEBHOOK_ALLOW_CIDRS', parseCidrs),
      isOpen: isLoopback(reader.text('HOST')),
      timeScale: reader.parsed('WEBHOOK_TIME_SCALE', timeScale),
    }),
    simulation: Object.freeze({
      failureRate: reader.rate('FAILURE_RATE'),
      startDelayMs: reader.integer('PROCESSING_START_DELAY_MS', 0, 86_400_000),
      processingDelayMs: reader.integer('PROCESSING_DELAY_MS', 0, 86_400_000),
      processingJitterMs: reader.integer('PROCESSING_JITTER_MS', 0, 86_400_000),
      retriesMax: reader.integer('MAX_RETRIES', 0, 1_000),
      fraudThreshold: reader.parsed('FRAUD_THRESHOLD', amountLimit),
      highAmountThreshold: reader.parsed('HIGH_AMOUNT_THRESHOLD', amountLimit),
      highAmountDeclineRate: reader.rate('HIGH_AMOUNT_DECLINE_RATE'),
      randomDeclineRate: reader.rate('RANDOM_DECLINE_RATE'),
      riskBlockScore: reader.rate('RISK_BLOCK_SCORE'),
      hasAmountTails: reader.oneOf('AMOUNT_TAILS', ['on', 'off']) === 'on',
      outage: 'none',
    }),
    shown: shownSettings(settings),
  };
  const isOpen = reader.oneOf('ALLOW_ANONYMOUS', ['true', 'false']) === 'true';
  if (!isLoopback(config.host) && config.apiKeys.length === 0 && !isOpen) {
    reader.faults.push(
      `HOST=${config.host} is reachable from other machines: set API_KEYS, or ALLOW_ANONYMOUS=true if everybody may do everything`,
    );
  }
  if (config.redisUrl !== null && !isPostgres(config)) {
    reader.faults.push(
      'REDIS_URL makes several processes on one Postgres quicker; a SQLite database has one process and needs none: unset it, or set DATABASE_URL=postgres://…',
    );
  }
  if (reader.faults.length > 0) throw new ConfigError(reader.faults);
  return Object.freeze(config);
}

type Parsed<Value> = { ok: true; value: Value } | { ok: false; expected: string };

class Reader {
  readonly faults: string[] = [];
  readonly #values: ReadonlyMap<SettingName, string>;

  constructor(settings: readonly EffectiveSetting[]) {
    this.#values = new Map(settings.map(({ name, value }) => [name, value]));
  }

  text(name: SettingName): string {
    return this.#values.get(name) ?? '';
  }

  list(name: SettingName): string[] {
    return splitList(this.text(name));
  }

  integer(name: SettingName, min: number, max: number): number {
    const value = Number(this.text(name));
    const isValid = /^\d+$/.test(this.text(name)) && value >= min && value <= max;
    if (!isValid) this.#fault(name, `a whole number from ${min} to ${max}`);
    return value;
  }

  rate(name: SettingName): number {
    const value = Number(this.text(name));
    const isValid = /^\d*\.?\d+$/.test(this.text(name)) && value <= 1;
    if (!isValid) this.#fault(name, 'a probability from 0 to 1');
    return value;
  }

  oneOf(name: SettingName, allowed: readonly string[]): string {
    const value = this.text(name).toLowerCase();
    if (!allowed.includes(value)) this.#fault(name, `one of ${allowed.join(', ')}`);
    return value;
  }

  /**
   * What `parse` makes of the text. After a fault it is the default's value, which is never used, because the
   * start stops; but the rest is still checked.
   */
  parsed<Value>(name: SettingName, parse: (text: string) => Parsed<Value>): Value {
    const parsed = parse(this.text(name));
    if (parsed.ok) return parsed.value;
    this.#fault(name, parsed.expected);
    const fallback = parse(SETTINGS.find((setting) => setting.name === name)?.fallback ?? '');
    assert(fallback.ok, 'the default of a setting is valid');
    return fallback.value;
  }

  #fault(name: SettingName, expected: string): void {
    const shown = isSecret(name) ? '' : ` (it is ${JSON.stringify(this.text(name))})`;
    this.faults.push(`${name} must be ${expected}${shown}`);
  }
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `postgres://…` as it is; `sqlite:./farthing.db`, SQLAlchemy's `sqlite:///./payments.db` and `sqlite:////absolute/path`, `sqlite::memory:`. */
function databasePath(url: string): Parsed<string> {
  if (isPostgres({ databasePath: url })) {
    return URL.canParse(url)
      ? { ok: true, value: url }
      : { ok: false, expected: 'an address like postgres://user:password@host:5432/database' };
  }
  if (/^sqlite:\/{2,3}$/i.test(url)) return { ok: true, value: ':memory:' };
  const [, rest = ''] = /^sqlite:(?:\/\/\/)?(.*)$/i.exec(url) ?? [];
  if (rest !== '') return { ok: true, value: rest };
  return {
    ok: false,
    expected: 'sqlite:<path>, sqlite::memory: or postgres://<user>:<password>@<host>/<database>',
  };
}

function redisAddress(text: string): Parsed<string | null> {
  if (text === '') return { ok: true, value: null };
  const isRedis = URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol);
  return isRedis
    ? { ok: true, value: text }
    : { ok: false, expected: 'an address like redis://127.0.0.1:6379 or rediss://…' };
}

function corsOrigins(text: string): Parsed<string[]> {
  const origins = splitList(text);
  const isValid = origins.every((origin) => origin === '*' || /^https?:\/\/[^/\s]+$/.test(origin));
  return isValid
    ? { ok: true, value: origins }
    : { ok: false, expected: 'origins like http://localhost:5173, joined by commas, or *' };
}

/** `name:secret` (full) or `name:ro:secret` (read-only), joined by commas. */
function apiKeys(text: string): Parsed<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (const item of splitList(text)) {
    const [, name, readOnly, secret] =
      /^([\w.-]{1,40}):(ro:)?([\x21-\x2b\x2d-\x7e]{16,200})$/.exec(item) ?? [];
    if (name === undefined || secret === undefined) {
      return {
        ok: false,
        expected:
          'keys like name:secret or, for reading only, name:ro:secret, joined by commas, each secret of 16 characters or more',
      };
    }
    keys.push({ name, sha256: hash('sha256', secret), mayWrite: readOnly === undefined });
  }
  return { ok: true, value: keys };
}

function hexadecimalKey(text: string): Parsed<string | null> {
  if (text === '') return { ok: true, value: null };
  return /^(?:[0-9a-f]{2}){16,}$/i.test(text)
    ? { ok: true, value: text }
    : { ok: false, expected: '32 hexadecimal digits or more; make one with: openssl rand -hex 32' };
}

function webAddress(text: string): Parsed<string | null> {
  if (text === '') return { ok: true, value: null };
  const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isWeb
    ? { ok: true, value: text }
    : { ok: false, expected: 'an address that begins with http:// or https://' };
}

function webhookAddress(text: string): Parsed<string | null> {
  const parsed = webAddress(text);
  const { username = '', password = '' } = URL.parse(text) ?? {};
  const isPlain = username === '' && password === '' && !text.includes('#');
  return parsed.ok && isPlain
    ? parsed
    : {
        ok: false,
        expected:
          'an address that begins with http:// or https://, without user, password and fragment',
      };
}

function webhookSecret(text: string): Parsed<string | null> {
  if (text === '') return { ok: true, value: null };
  return isWebhookSecret(text)
    ? { ok: true, value: text }
    : {
        ok: false,
        expected: 'whsec_ and the base64 of 24 to 64 bytes; make one with: openssl rand -base64 32',
      };
}

function timeScale(text: string): Parsed<number> {
  const value = Number(text);
  return /^\d*\.?\d+$/.test(text) && value >= TIME_SCALE_MIN && value <= 1
    ? { ok: true, value }
    : { ok: false, expected: `a number from ${TIME_SCALE_MIN.toFixed(6)} to 1` };
}

function amountLimit(text: string): Parsed<AmountLimit> {
  const value = readLimit(text);
  const expected = 'an amount in major units, then others per currency, like 10000,JPY:1500000';
  return value === null ? { ok: false, expected } : { ok: true, value };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
