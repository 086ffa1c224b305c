/** Builds a courier and starts it, on whichever thread this is. Loaded only where something is to be delivered. */
import { randomUUID } from 'node:crypto';
import { systemRandom } from '../../adapters/system/random.ts';
import { addressGuard } from '../../adapters/webhooks/addresses.ts';
import { openSender } from '../../adapters/webhooks/sender.ts';
import { signer } from '../../adapters/webhooks/sign.ts';
import { Courier } from '../../engine/webhooks/courier.ts';
import type { EventLog } from '../../engine/webhooks/event-texts.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import { startCourier } from '../../engine/webhooks/start-courier.ts';
import { VERSION } from '../version.ts';
import { endpointUrl, isOurSink } from './endpoint-url.ts';

/** What a courier is told of the configuration; it can be handed to another thread. */
export interface CourierSettings {
  /** Seed of the draws for faults and jitter. */
  readonly seed: string;
  readonly timeScale: number;
  readonly isOpen: boolean;
  readonly allowCidrs: readonly string[];
  readonly allowHosts: readonly string[];
}

export interface CourierWorld {
  readonly store: DeliveryStore;
  readonly log: EventLog;
  /** The engine's time. */
  readonly nowMs: () => number;
  /** True while a worker delivers: then only what goes to our own sinks is ours, which nobody else can reach for sure. */
  readonly standsBack?: () => boolean;
  /** Called often while there is work; may hold the thread for a moment. Absent: it is nobody else's way. */
  readonly giveWay?: (dueForMs?: number) => void;
  readonly onError: (error: unknown) => void;
}

export interface Delivering {
  look(): void;
  changed(): void;
  /** Our own sinks are there now. */
  listening(origin: string): void;
  /** Waits a while for what is under way; leaves the store and the log open. */
  stop(): Promise<void>;
}

/** Results that come within this time are written together: a commit costs more than a request. */
const GATHER_MS = 50;

export function deliver(settings: CourierSettings, world: CourierWorld): Delivering {
  const { store, log, nowMs, standsBack = () => false, onError } = world;
  let origin: string | null = null;
  const guard = addressGuard({ ...settings, ownOrigin: () => origin });
  const sender = openSender({
    guard,
    nowMs,
    ticksMs: () => performance.now(),
    version: VERSION,
  });
  const courier = new Courier({
    store,
    log,
    sender,
    nowMs,
    sign: signer(() => Math.floor(Date.now() / 1_000)),
    draw: systemRandom(settings.seed).draw,
    scale: settings.timeScale,
    newToken: randomUUID,
    addressOf: (url) => (isOurSink(url) || !standsBack() ? endpointUrl(url, origin) : null),
    gatherMs: GATHER_MS,
    giveWay: world.giveWay ?? (() => {}),
    onError,
  });
  const running = startCourier(courier, nowMs, onError);
  return {
    look: () => running.look(),
    changed: () => running.changed(),
    listening(at) {
      origin = at;
      running.look();
    },
    async stop() {
      await running.stop();
      await sender.close();
    },
  };
}
