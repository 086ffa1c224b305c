import { expect, test } from 'vitest';
import { ConfigError, effectiveSettings, parseConfig } from './config.ts';
import { shownValue } from './shown-settings.ts';

type Environment = Readonly<Record<string, string>>;

function databaseOf(environment: Environment, envFile: Environment = {}) {
  const settings = effectiveSettings(environment, envFile);
  const found = settings.find(({ name }) => name === 'DATABASE_URL');
  return [found?.value, found?.source];
}

test('DATABASE_URL is made of POSTGRES_HOST and its kin, whose defaults are those of compose.yaml', () => {
  expect(databaseOf({ POSTGRES_HOST: 'postgres' })).toEqual([
    'postgres://farthing:farthing@postgres:5432/farthing',
    'environment',
  ]);
  const all = {
    POSTGRES_HOST: 'db.example',
    POSTGRES_PORT: '6432',
    POSTGRES_USER: 'u',
    POSTGRES_PASSWORD: 'p',
    POSTGRES_DB: 'd',
  };
  expect(databaseOf({}, all)).toEqual(['postgres://u:p@db.example:6432/d', '.env']);
  expect(databaseOf({ POSTGRES_HOST: '::1' })[0]).toBe(
    'postgres://farthing:farthing@[::1]:5432/farthing',
  );
});

test('without POSTGRES_HOST the other four change nothing: a copied .env still starts on SQLite', () => {
  const others = { POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p', POSTGRES_DB: 'd' };
  expect(databaseOf({}, others)).toEqual(['sqlite:./farthing.db', 'default']);
  expect(databaseOf({ POSTGRES_HOST: ' ' })).toEqual(['sqlite:./farthing.db', 'default']);
});

test('DATABASE_URL itself comes first, wherever it is set; a blank one is none', () => {
  const host = { POSTGRES_HOST: 'postgres' };
  expect(databaseOf(host, { DATABASE_URL: 'sqlite:./own.db' })).toEqual([
    'sqlite:./own.db',
    '.env',
  ]);
  expect(databaseOf({ DATABASE_URL: '', ...host })[1]).toBe('environment');
});

test('any character may stand in the password, and none of it is shown', () => {
  const password = 'a@b:c/d?e#f %&"é';
  const settings = effectiveSettings({ POSTGRES_HOST: 'h', POSTGRES_PASSWORD: password }, {});
  const { databasePath } = parseConfig(settings);
  expect(decodeURIComponent(new URL(databasePath).password)).toBe(password);
  expect(new URL(databasePath).host).toBe('h:5432');
  const shown = settings.map(shownValue).join('\n');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(encodeURIComponent(password));
});

test('a wrong port is a fault that names it', () => {
  const settings = effectiveSettings({ POSTGRES_PORT: 'x' }, {});
  expect(() => parseConfig(settings)).toThrow(ConfigError);
  try {
    parseConfig(settings);
  } catch (error) {
    expect((error as ConfigError).faults).toEqual([
      'POSTGRES_PORT must be a whole number from 1 to 65535 (it is "x")',
    ]);
  }
});
