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
    meaning:
      'sqlite:<path>, sqlite::memory: for a database that ends with the process, or postgres://<user>:<password>@<host>:<port>/<database> for one on a server, which several processes may share.',
  },
  {
    name: 'REDIS_URL',
    aliases: [],
    fallback: '',
    meaning:
      'redis://<user>:<password>@<host>:<port>/<number>, or rediss:// for TLS: makes several processes on one Postgres quicker, and is never the truth. Empty: none.',
  },
  {
    name: 'WORKER_PORT',
    aliases: [],
    fallback: '8010',
    meaning:
      'Port that "farthing worker" answers /livez, /readyz and /metrics on; 0 takes a free one.',
  },
  {
    name: 'POSTGRES_HOST',
    aliases: [],
    fallback: '',
    meaning:
      'A Postgres server: where DATABASE_URL is not set, it is made from the POSTGRES_ settings. compose.yaml sets it by itself. Empty: not used.',
  },
  {
    name: 'POSTGRES_PORT',
    aliases: [],
    fallback: '5432',
    meaning: 'Port of the server that POSTGRES_HOST names.',
  },
  {
    name: 'POSTGRES_USER',
    aliases: [],
    fallback: 'farthing',
    meaning: 'User of POSTGRES_HOST; compose.yaml makes it.',
  },
  {
    name: 'POSTGRES_PASSWORD',
    aliases: [],
    fallback: 'farthing',
    meaning:
      'Password of POSTGRES_USER. Change it before the first start where others can reach the server.',
    isSecret: true,
  },
  {
    name: 'POSTGRES_DB',
    aliases: [],
    fallback: 'farthing',
    meaning: 'Database on POSTGRES_HOST; compose.yaml makes it.',
  },
  {
    name: 'AUDIT_ANCHORS',
    aliases: [],
    fallback: '',
    meaning:
      'A file to copy the heads of the event log to, for "farthing audit verify"; on Postgres one for each process. Empty: beside a database file; on Postgres none.',
  },
  {
    name: 'SQLITE_THREAD',
    aliases: [],
    fallback: 'off',
    meaning:
      'on: a database file is written by a thread of its own; takes 20 MB, and pays where three cores or more are free.',
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
    name: 'HIGH_AMOUNT_THRESHOLD',
    aliases: [],
    fallback: '500',
    meaning:
      'Card payments above it, in major units, are declined at HIGH_AMOUNT_DECLINE_RATE. Other limits per currency: 500,JPY:75000.',
  },
  {
    name: 'HIGH_AMOUNT_DECLINE_RATE',
    aliases: [],
    fallback: '0.30',
    meaning: 'Probability that a card payment above HIGH_AMOUNT_THRESHOLD is declined.',
  },
  {
    name: 'RANDOM_DECLINE_RATE',
    aliases: [],
    fallback: '0.10',
    meaning: 'Probability that any other card payment is declined.',
  },
  {
    name: 'RISK_BLOCK_SCORE',
    aliases: [],
    fallback: '0.85',
    meaning: 'Card payments with this risk score or a higher one are declined.',
  },
  {
    name: 'RISK_MODEL_URL',
    aliases: [],
    fallback: '',
    meaning:
      'An http or https address that is asked for the score of each card payment; empty for the built-in score.',
  },
  {
    name: 'RISK_MODEL_TIMEOUT_MS',
    aliases: [],
    fallback: '200',
    meaning: 'How long the risk model may take; after that the built-in score is used.',
  },
  {
    name: 'RULES_FILE',
    aliases: [],
    fallback: '',
    meaning:
      'A file with the rules to begin with, as GET /rules answers them; rules that were changed by PUT /rules stay.',
  },
  {
    name: 'CARD_LUHN',
    aliases: [],
    fallback: 'signal',
    meaning:
      'signal: a card number with a wrong check digit is a risk signal; enforce: it is a 400.',
  },
  {
    name: 'AMOUNT_TAILS',
    aliases: [],
    fallback: 'off',
    meaning: 'on: amounts that end in 05, 51, 54 or 91 minor units fail as documented.',
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
    name: 'TRUSTED_PROXIES',
    aliases: [],
    fallback: '',
    meaning:
      'Addresses of proxies whose X-Forwarded-For says who really asks, for RATE_LIMIT_PER_MINUTE: 10.0.0.0/8,192.168.1.20. Empty: it is not believed.',
  },
  {
    name: 'WEBHOOK_URL',
    aliases: [],
    fallback: '',
    meaning:
      'An http or https address that gets every payment event, as the payment itself: a webhook endpoint like any other.',
  },
  {
    name: 'WEBHOOK_SECRET',
    aliases: [],
    fallback: '',
    meaning:
      'What is sent to WEBHOOK_URL is signed with it: whsec_ and the base64 of 24 to 64 bytes. Empty: made once and kept.',
    isSecret: true,
  },
  {
    name: 'WEBHOOK_ALLOW_CIDRS',
    aliases: [],
    fallback: '',
    meaning:
      'Loopback and private addresses that webhooks may go to when HOST is not loopback: 10.0.0.0/8,192.168.1.20.',
  },
  {
    name: 'WEBHOOK_TIME_SCALE',
    aliases: [],
    fallback: '1',
    meaning:
      'From 0.000001 to 1: compresses the times at which failed webhooks are sent again, for development.',
  },
  {
    name: 'CARD_FINGERPRINT_KEY',
    aliases: [],
    fallback: '',
    meaning:
      'Key of all keyed hashes, 32 hexadecimal digits or more. Empty: made once, in a file beside the database, or in the database when that is on a server.',
    isSecret: true,
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof NAMED)[number]['name'];

export const SETTINGS: readonly (Setting & { readonly name: SettingName })[] = NAMED;

export function isSecret(name: SettingName): boolean {
  return SETTINGS.some((setting) => setting.name === name && setting.isSecret === true);
}
