/** DATABASE_URL where it is not set itself: made from the POSTGRES_ settings, as containers are commonly given them. */
import { assert } from '../core/assert.ts';
import type { EffectiveSetting } from './config.ts';
import type { SettingName } from './settings.ts';

/**
 * The settings with DATABASE_URL made from POSTGRES_HOST and its kin; as they are when DATABASE_URL is set, or when no
 * host is named. User, password and database may hold any character: they are percent-encoded.
 */
export function withPostgresAddress(settings: readonly EffectiveSetting[]): EffectiveSetting[] {
  const of = (name: SettingName) => {
    const found = settings.find((setting) => setting.name === name);
    assert(found !== undefined, 'every setting has a value');
    return found;
  };
  const host = of('POSTGRES_HOST');
  const isMade = of('DATABASE_URL').source === 'default' && host.value !== '';
  if (!isMade) return [...settings];
  const [user, password, database] = (
    ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'] as const
  ).map((name) => encodeURIComponent(of(name).value));
  const port = of('POSTGRES_PORT').value;
  const value = `postgres://${user}:${password}@${hostOf(host.value)}:${port}/${database}`;
  return settings.map((setting) =>
    setting.name === 'DATABASE_URL' ? { ...setting, value, source: host.source } : setting,
  );
}

/** An IPv6 address stands in brackets. */
function hostOf(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
