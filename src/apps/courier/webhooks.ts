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
import type { Config } from '../config.ts';
import { hasFile, isPostgres } from '../database-kind.ts';
import { ownOrigin } from './endpoint-url.ts';
import { setEnvironmentEndpoint } from './environment-endpoint.ts';
import { type CourierHost, courierHost, inlineCourier, threadCourier } from './host.ts';
import type { CourierSettings } from './run.ts';
import { momentOf } from './thread-clock.ts';

type Report = (what: string) => (error: unknown) => void;

export interface Webhooks {
  readonly deps: WebhookDeps;
  /** Begins to deliver. */
  begin(): void;
  listening(address: AddressInfo): void;
  /** Ends delivering, after some seconds at most; the store stays open for the routes. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** While there is no endpoint, the cursor follows the log at this distance, so that the first one finds it near. */
const IDLE_STEP_MS = 60_000;

/** Opens the deliveries beside the database. */
export async function openWebhooks(
  config: Config,
  engine: Engine,
  seed: string,
  report: Report,
): Promise<Webhooks> {
  const { webhooks: settings, databasePath } = config;
  const deliveriesPath = hasFile(config) ? `${databasePath}.webhooks` : databasePath;
  const store = await openDeliveries(config, deliveriesPath);
  const freshSecret = () => newSecret(randomBytes);
  const nowMs = () => engine.clock.nowMs();
  const head = await headOf(engine);
  await settleCursor(store, head, nowMs());
  const moment = { head, nowMs: nowMs(), newSecret: freshSecret };
  if (!(await setEnvironmentEndpoint(store, settings, moment))) {
    report('WEBHOOK_URL gets nothing')(new Error('there are too many endpoints; remove one'));
  }
  const courierSettings: CourierSettings = { ...settings, seed, allowHosts: hostsOf(settings.url) };
  // Payments do not end because deliveries cannot be written: wrapped, it is fatal to nobody.
  const reported = report('delivering webhooks failed; it goes on by itself');
  const onError = (error: unknown) => reported(new Error('not delivered', { cause: error }));
  const start = hasFile(config)
    ? threadCourier(() => {
        // Whoever held one is gone, and with it what it had under way.
        store.endLeases(nowMs(), WEBHOOK_LEASE_MS).catch(onError);
        return {
          settings: courierSettings,
          databasePath,
          deliveriesPath,
          clock: momentOf(engine.clock),
        };
      }, onError)
    : inlineCourier(courierSettings, { store, log: engine.store, nowMs, onError });
  const host = courierHost(start, onError);
  let origin: string | null = null;
  const guard = addressGuard({ ...courierSettings, ownOrigin: () => origin });
  const changed = () => void startIfWanted(store, host).catch(onError);
  let stopFollowing = () => {};
  return {
    deps: {
      store,
      changed,
      newSecret: freshSecret,
      refusalOf: (url) => guard.refusalOf(url),
      verdictOf: (question) => verdictOf(question, Math.floor(Date.now() / 1_000)),
    },
    begin() {
      stopFollowing = follow(engine, store, host, onError);
      changed();
    },
    listening(address) {
      origin = ownOrigin(address);
      host.listening(origin);
    },
    async stop() {
      stopFollowing();
      await host.stop();
    },
    close: () => store.close(),
  };
}

async function openDeliveries(config: Config, path: string): Promise<DeliveryStore> {
  if (!isPostgres(config)) return openSqliteDeliveries({ path });
  const { openPostgresDeliveries } =
    await import('../../adapters/storage/postgres-webhooks/store.ts');
  return openPostgresDeliveries({ url: config.databasePath });
}

/** Passes hints on; returns what ends that. */
function follow(
  engine: Engine,
  store: DeliveryStore,
  host: CourierHost,
  onError: (error: unknown) => void,
): () => void {
  const unsubscribe = engine.wakeup.subscribe(({ hasEvents }) => {
    if (hasEvents) host.look();
  });
  let before: LogPosition | null = null;
  const idle = setInterval(() => {
    void stepIdly(engine, store, before).then((now) => (before = now), onError);
  }, IDLE_STEP_MS);
  idle.unref();
  return () => {
    unsubscribe();
    clearInterval(idle);
  };
}

async function startIfWanted(store: DeliveryStore, host: CourierHost): Promise<void> {
  if ((await store.endpoints()).length > 0) host.changed();
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

/**
 * Without endpoints nobody follows the log. The cursor goes to where the log ended one step earlier: an endpoint that is
 * being made just now hears of what came after a head that is read no earlier than that.
 */
async function stepIdly(
  engine: Engine,
  store: DeliveryStore,
  before: LogPosition | null,
): Promise<LogPosition> {
  const head = await headOf(engine);
  const isUnheard = (await store.endpoints()).length === 0;
  if (isUnheard && before !== null && before.writer === head.writer) {
    await store.fanOut([], before, engine.clock.nowMs());
  }
  return head;
}

async function headOf({ store }: Engine): Promise<LogPosition> {
  const { writer, sequence } = await store.logHead();
  return { writer, sequence };
}

function hostsOf(url: string | null): string[] {
  return url === null ? [] : [new URL(url).hostname];
}
