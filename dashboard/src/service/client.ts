/** The one client of the service, which is where this page came from. Pages ask through it and never fetch by themselves. */
import { type Client, createClient, type Retry } from '@farthing/sdk';

/** For this tab only, and gone when it is closed. */
const KEY_NAME = 'farthing.api-key';

/** A person is waiting: two more attempts, then the page says what is wrong. */
const RETRIES_MAX = 2;

/** The service leaves what its own dashboard reads out of its request log. */
const HEADERS = { 'farthing-client': 'dashboard' };

let current = build(storedKey());

export function service(): Client {
  return current;
}

/** A client for the live feed: it goes on trying, and says before every pause how long it is. */
export function feedClient(onRetry: (retry: Retry) => void): Client {
  return createClient({
    baseUrl: location.origin,
    apiKey: storedKey(),
    headers: HEADERS,
    retryDelayMs: 500,
    retryDelayMsMax: 10_000,
    onRetry,
  });
}

/** Takes an API key, one of API_KEYS of the service. Throws a TypeError for one that cannot be one. */
export function setApiKey(key: string): void {
  current = build(key);
  sessionStorage.setItem(KEY_NAME, key);
}

function build(apiKey: string | undefined): Client {
  return createClient({
    baseUrl: location.origin,
    apiKey,
    headers: HEADERS,
    retriesMax: RETRIES_MAX,
  });
}

function storedKey(): string | undefined {
  return sessionStorage.getItem(KEY_NAME) ?? undefined;
}
