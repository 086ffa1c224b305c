/** Every setting: its names, its default, what it means. Documentation and checks are made from this list. */

interface Setting {
  readonly name: string;
  /** Older spellings, of the two APIs whose clients must keep working. */
  readonly aliases: readonly string[];
  readonly fallback: string;
  readonly meaning: string;
  readonly isSecret?: boolean;
}

const NAMED = [
  {
    name: 'HOST',
    aliases: [],
    fallback: '127.0.0.1',
    meaning:
      'Address to listen on. Off loopback the server needs API_KEYS or ALLOW_ANONYMOUS=true.',
  },
  {
    name: 'PORT',
    aliases: ['API_PORT'],
    fallback: '8000',
    meaning: 'Port to listen on; 0 takes a free one.',
  },
  {
    name: 'DATABASE_URL',
    aliases: ['SQLALCHEMY_DATABASE_URL'],
    fallback: 'sqlite:./farthing.db',
    meaning: 'sqlite:<path>, or sqlite::memory: for a database that ends with the process.',
  },
  {
    name: 'LOG_LEVEL',
    aliases: [],
    fallback: 'info',
    meaning:
      'trace, debug, info, warn, error, fatal or silent. At info there is one line a request.',
  },
  {
    name: 'FAILURE_RATE',
    aliases: [],
    fallback: '0.2',
    meaning: 'Probability that an attempt fails with PROCESSING_ERROR.',
  },
  {
    name: 'FRAUD_THRESHOLD',
    aliases: [],
    fallback: '10000',
    meaning:
      'Amounts above it, in major units, fail with FRAUD_SUSPECTED. Other limits per currency: 10000,JPY:1500000.',
  },
  {
    name: 'PROCESSING_START_DELAY_MS',
    aliases: [],
    fallback: '0',
    meaning: 'From CREATED to PROCESSING.',
  },
  {
    name: 'PROCESSING_DELAY_MS',
    aliases: [],
    fallback: '500',
    meaning: 'From PROCESSING to the outcome.',
  },
  {
    name: 'PROCESSING_JITTER_MS',
    aliases: [],
    fallback: '0',
    meaning: 'The outcome comes within this much of PROCESSING_DELAY_MS, either side.',
  },
  {
    name: 'PROCESSING_MODE',
    aliases: [],
    fallback: 'async',
    meaning: 'sync: every POST that makes or retries a payment answers with its outcome.',
  },
  {
    name: 'MAX_RETRIES',
    aliases: [],
    fallback: '3',
    meaning: 'How often a failed payment may be retried.',
  },
  {
    name: 'SIMULATION_SEED',
    aliases: [],
    fallback: '',
    meaning:
      'Seed of the draws: the same seed and commands give the same history. Empty: made once and kept with the database.',
  },
  {
    name: 'API_KEYS',
    aliases: [],
    fallback: '',
    meaning:
      'name:secret (full) or name:ro:secret (reading only), joined by commas. Empty: no key is needed.',
    isSecret: true,
  },
  {
    name: 'ALLOW_ANONYMOUS',
    aliases: [],
    fallback: 'false',
    meaning: 'true: start without API_KEYS although other machines can reach the server.',
  },
  {
    name: 'ALLOWED_HOSTS',
    aliases: [],
    fallback: '',
    meaning: 'Names that the Host header may carry, beside localhost, 127.0.0.1 and [::1].',
  },
  {
    name: 'CORS_ORIGINS',
    aliases: [],
    fallback:
      'http://localhost:5173,http://127.0.0.1:5173,http://localhost:4173,http://127.0.0.1:4173',
    meaning: 'Origins of web pages that may use the server, joined by commas; * for any.',
  },
  {
    name: 'RATE_LIMIT_PER_MINUTE',
    aliases: [],
    fallback: '0',
    meaning: 'Requests a minute and caller; 0 for no limit.',
  },
  {
    name: 'CARD_FINGERPRINT_KEY',
    aliases: [],
    fallback: '',
    meaning:
      'Key of all keyed hashes, 32 hexadecimal digits or more. Empty: made once, in a file beside the database.',
    isSecret: true,
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof NAMED)[number]['name'];

export const SETTINGS: readonly (Setting & { readonly name: SettingName })[] = NAMED;

export function isSecret(name: SettingName): boolean {
  return SETTINGS.some((setting) => setting.name === name && setting.isSecret === true);
}
