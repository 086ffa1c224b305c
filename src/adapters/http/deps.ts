/** What the HTTP edge is given by `apps/`, as one record. */
import type { Logger } from 'pino';
import type { Payment } from '../../core/payment.ts';
import type { CompiledRules } from '../../core/pipeline.ts';
import type { Engine } from '../../engine/ports.ts';
import type { TimeSeries } from '../../engine/time-series/collector.ts';
import type { JobId } from '../../engine/jobs/job.ts';
import type { JobStore } from '../../engine/jobs/ports.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import type { Traffic } from '../../engine/traffic/traffic.ts';
import type { FeedLimits } from '../../engine/feed/ports.ts';
import type { HttpMetrics } from './metrics.ts';
import type { FieldFault } from './problems.ts';
import type { CountForAll } from './rate-limit-store.ts';

export interface HttpDeps {
  readonly engine: Engine;
  readonly logger: Logger;
  /** Writes the line of a request, when that is to be done faster than the logger does it. */
  readonly logRequest?: (entry: RequestEntry) => void;
  readonly metrics: HttpMetrics;
  readonly options: HttpOptions;
  /** A keyed hash (HMAC-SHA-256, hex): what must not be stored in clear is stored as this. */
  readonly keyedHash: (text: string) => string;
  /** A payment's public JSON text. */
  readonly publish: (payment: Payment) => string;
  /** A fresh id for a request that brought none. */
  readonly newRequestId: () => string;
  /** Every setting as the server was started with; nothing in it is secret. */
  readonly configuration: readonly ConfigurationSetting[];
  readonly health: Health;
  readonly compileRules: CompileRules;
  readonly timeSeries: TimeSeries;
  readonly webhooks: WebhookDeps;
  readonly traffic: Traffic;
  readonly jobs: JobDeps;
  /** Where the built dashboard lies; absent or without an index.html: there is none. */
  readonly dashboardFolder?: string;
  /** Counts requests of a caller for several processes together; absent: each counts its own. */
  readonly countForAll?: CountForAll;
  /** Where the live feed is to have other limits than its own: in tests. */
  readonly feedLimits?: Partial<FeedLimits>;
  /** Called when storage can no longer be trusted: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

/** Makes rules of a document, or tells everything that is wrong with it. Any value has an answer. */
type CompileRules = (
  document: unknown,
) =>
  | { readonly ok: true; readonly rules: CompiledRules }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

/** What the log says of a request. */
export interface RequestEntry {
  readonly request_id: string;
  readonly method: string;
  /** The pattern that matched; `unmatched` when none did. */
  readonly route: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly actor: string;
}

export interface HttpOptions {
  /** Names, without port, that the Host header may carry, beside localhost and the loopback addresses. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may use the server; `*` for any. */
  readonly corsOrigins: readonly string[];
  /** Empty: everybody may do everything. */
  readonly apiKeys: readonly ApiKey[];
  /** Requests a minute and caller; 0 for no limit. */
  readonly rateLimitPerMinute: number;
  /** Ranges of addresses of proxies that are believed when they say who asks; none when it is absent or empty. */
  readonly trustedProxies?: readonly string[];
  /** Every POST that makes or retries a payment waits for its outcome. */
  readonly isSync: boolean;
  /** What a card number with a wrong check digit is. */
  readonly luhn: 'signal' | 'enforce';
  readonly version: string;
}

export interface ConfigurationSetting {
  readonly name: string;
  /** Empty when nothing is set; of a secret, only that it is set. */
  readonly value: string;
  readonly source: 'environment' | '.env' | 'default';
  readonly secret: boolean;
  readonly description: string;
}

export interface ApiKey {
  /** What the log and the events call it. */
  readonly name: string;
  /** SHA-256 of the key, hex: the key itself is not kept. */
  readonly sha256: string;
  readonly mayWrite: boolean;
}

/** Whether the process is able to serve; asked by /readyz. */
export interface Health {
  /** Null when ready, else why not. */
  notReady(): string | null;
  /**
   * How what it would rather not be without is, by its name: `ok`, or what is wrong and what is used in its place. None of
   * it makes the process unable to serve.
   */
  checks?(): Readonly<Record<string, string>>;
}

/** Endpoints and deliveries, as the routes see them. */
export interface WebhookDeps {
  readonly store: DeliveryStore;
  /** Endpoints or deliveries were changed by hand: whoever delivers looks at once. */
  changed(): void;
  /** A fresh `whsec_…`. */
  newSecret(): string;
  /** Null when webhooks may be sent to this address, else a sentence that says why not and what would be allowed. */
  refusalOf(url: string): Promise<string | null>;
  /** What a signature is worth, in words that explain it. Never throws. */
  verdictOf(question: SignatureQuestion): SignatureVerdict;
}

/** Background jobs, as the routes see them. */
export interface JobDeps {
  /** Null while there never was a job: then nothing is opened to look for one. */
  existing(): Promise<JobStore | null>;
  /** Made, if there is none. */
  open(): Promise<JobStore>;
  /** A job waits: whoever may run it looks at once. */
  enqueued(id: JobId): void;
}

export interface SignatureQuestion {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Those that would be right. */
  readonly secrets: readonly string[];
}

export interface SignatureVerdict {
  readonly valid: boolean;
  /** What was found, and what to do about it. */
  readonly reason: string;
}
