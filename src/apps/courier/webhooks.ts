/** Webhooks, wired: the store of deliveries, what the routes are given, and the courier. */
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { WebhookDeps } from '../../adapters/http/deps.ts';
import { openSqliteDeliveries } from '../../adapters/storage/sqlite-webhooks/store.ts';
import { addressGuard } from '../../adapters/webhooks/addresses.ts';
import { newSecret } from '../../adapters/webhooks/secret.ts';
import { verdictOf } from '../../adapters/webhooks/verify.ts';
import { WEBHOOK_LEASE_MS } from '../../core/limits.ts';
import type { Engine, LogPosition } from '../../engine/ports.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import type { Workers } from '../../engine/presence.ts';
import type { Config } from '../config.ts';
import { hasFile, isPostgres } from '../database-kind.ts';
import { courierDuty, headOf } from './duty.ts';
import { ownOrigin } from './endpoint-url.ts';
import { setEnvironmentEndpoint } from './environment-endpoint.ts';
import { courierHost, inlineCourier, type StartCourier, threadCourier } from './host.ts';
import type { CourierSettings } from './run.ts';
import { momentOf } from './thread-clock.ts';
import type { Report } from '../report.ts';

export interface Webhooks {
  readonly deps: WebhookDeps;
  /** There may be something to deliver. */
  look(): void;
  /** Endpoints or deliveries were changed by hand, here or by another process. */
  changed(): void;
  /** Begins to deliver. */
  begin(): void;
  listening(address: AddressInfo): void;
  /** Ends delivering, after some seconds at most; the store stays open for the routes. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface WebhooksWorld {
  readonly engine: Engine;
  /** Of the draws for faults and jitter. */
  readonly seed: string;
  readonly workers: Workers;
  /** Whether WEBHOOK_URL is this process's to set: a worker's environment need not have it. */
  readonly hasEnvironmentEndpoint: boolean;
  /** Tells other processes that endpoints or deliveries were changed by hand. */
  readonly tellChanged: () => void;
}

/** Opens the deliveries beside the database. */
export async function openWebhooks(
  config: Config,
  world: WebhooksWorld,
  report: Report,
): Promise<Webhooks> {
  const { engine, seed, workers, tellChanged } = world;
  const { webhooks: settings } = config;
  const store = await openDeliveries(config);
  const freshSecret = () => newSecret(randomBytes);
  const nowMs = () => engine.clock.nowMs();
  const head = await headOf(engine);
  await settleCursor(store, head, nowMs());
  const moment = { head, nowMs: nowMs(), newSecret: freshSecret };
  const isSet =
    !world.hasEnvironmentEndpoint || (await setEnvironmentEndpoint(store, settings, moment));
  if (!isSet) {
    report('WEBHOOK_URL gets nothing')(new Error('there are too many endpoints; remove one'));
  }
  const courierSettings: CourierSettings = { ...settings, seed, allowHosts: hostsOf(settings.url) };
  // Payments do not end because deliveries cannot be written: wrapped, it is fatal to nobody.
  const reported = report('delivering webhooks failed; it goes on by itself');
  const onError = (error: unknown) => reported(new Error('not delivered', { cause: error }));
  const courier = { settings: courierSettings, store, engine, workers, onError };
  const host = courierHost(courierOf(config, courier), onError);
  let origin: string | null = null;
  const guard = addressGuard({ ...courierSettings, ownOrigin: () => origin });
  const duty = courierDuty({ engine, store, host, workers, onError });
  return {
    deps: {
      store,
      changed() {
        duty.changed();
        tellChanged();
      },
      newSecret: freshSecret,
      refusalOf: (url) => guard.refusalOf(url),
      verdictOf: (question) => verdictOf(question, Math.floor(Date.now() / 1_000)),
    },
    look: () => host.look(),
    changed: () => duty.changed(),
    begin: () => duty.begin(),
    listening(address) {
      origin = ownOrigin(address);
      host.listening(origin);
    },
    stop: () => duty.stop(),
    close: () => store.close(),
  };
}

/** Where the deliveries of a database file are. */
function deliveriesPath(config: Config): string {
  return hasFile(config) ? `${config.databasePath}.webhooks` : config.databasePath;
}

interface CourierParts {
  readonly settings: CourierSettings;
  readonly store: DeliveryStore;
  readonly engine: Engine;
  readonly workers: Workers;
  readonly onError: (error: unknown) => void;
}

/** Beside a database file it has a thread of its own. */
function courierOf(
  config: Config,
  { settings, store, engine, workers, onError }: CourierParts,
): StartCourier {
  const nowMs = () => engine.clock.nowMs();
  if (!hasFile(config)) {
    const standsBack = () => workers.areLive();
    return inlineCourier(settings, { store, log: engine.store, nowMs, standsBack, onError });
  }
  return threadCourier(() => {
    // Whoever held one is gone, and with it what it had under way.
    store.endLeases(nowMs(), WEBHOOK_LEASE_MS).catch(onError);
    const { databasePath } = config;
    const clock = momentOf(engine.clock);
    return { settings, databasePath, deliveriesPath: deliveriesPath(config), clock };
  }, onError);
}

async function openDeliveries(config: Config): Promise<DeliveryStore> {
  if (!isPostgres(config)) return openSqliteDeliveries({ path: deliveriesPath(config) });
  const { openPostgresDeliveries } =
    await import('../../adapters/storage/postgres-webhooks/store.ts');
  return openPostgresDeliveries({ url: config.databasePath });
}

/** Puts the cursor into this log, before anybody can have asked for its events. */
async function settleCursor(store: DeliveryStore, head: LogPosition, nowMs: number): Promise<void> {
  const cursor = await store.cursor();
  const isUnheard = (await store.endpoints()).length === 0;
  // Never followed; or the database was put back to an earlier state.
  if (cursor === null || (cursor.writer === head.writer && cursor.sequence > head.sequence)) {
    return store.beginLog(head);
  }
  if (cursor.writer !== head.writer) {
    return store.beginLog(isUnheard ? head : { ...head, sequence: 0 });
  }
  if (isUnheard) await store.fanOut([], head, nowMs);
}

function hostsOf(url: string | null): string[] {
  return url === null ? [] : [new URL(url).hostname];
}
