/**
 * When this process delivers: there is an endpoint, and no worker that does it. While a worker does, only what goes to our own
 * sinks is left to an API process, because only it can be sure to reach them.
 *
 *   resting ──there is something for this process to deliver──► delivering
 *           ◄──a worker has come, and there is nothing but what is its own──
 */
import type { Engine, LogPosition } from '../../engine/ports.ts';
import type { Workers } from '../../engine/presence.ts';
import type { DeliveryStore } from '../../engine/webhooks/ports.ts';
import { isOurSink } from './endpoint-url.ts';
import type { CourierHost } from './host.ts';

/** While there is no endpoint, the cursor follows the log at this distance, so that the first one finds it near. */
const IDLE_STEP_MS = 60_000;

/** How often it is asked whether there is something to deliver, where other processes may make endpoints. */
const LOOK_MS = 1_000;

export interface CourierDuty {
  begin(): void;
  /** Endpoints or deliveries were changed by hand. */
  changed(): void;
  /** Ends delivering, after some seconds at most. */
  stop(): Promise<void>;
}

export interface DutyParts {
  readonly engine: Engine;
  readonly store: DeliveryStore;
  readonly host: CourierHost;
  readonly workers: Workers;
  readonly onError: (error: unknown) => void;
}

export function courierDuty(parts: DutyParts): CourierDuty {
  const { host, engine, onError } = parts;
  const endings: (() => void)[] = [];
  let stopped: Promise<void> | null = null;
  const changed = () => void consider(parts).catch(onError);
  return {
    begin() {
      endings.push(follow(parts));
      if (engine.store.ordersLater) endings.push(watch(parts));
      changed();
    },
    changed,
    stop() {
      for (const end of endings.splice(0)) end();
      stopped ??= host.stop();
      return stopped;
    },
  };
}

async function consider({ store, host, workers }: DutyParts): Promise<void> {
  const endpoints = await store.endpoints();
  if (endpoints.some(({ url }) => isOurSink(url) || !workers.areLive())) host.changed();
  else if (workers.areLive()) await host.rest();
}

/** Passes hints on; returns what ends that. */
function follow({ engine, store, host, onError }: DutyParts): () => void {
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

/** Other processes make endpoints too, and workers come and go; returns what ends watching that. */
function watch(parts: DutyParts): () => void {
  const { host, workers, onError } = parts;
  const unsubscribe = workers.onChange(() => void consider(parts).catch(onError));
  let isLooking = false;
  const look = async () => {
    if (isLooking || host.isWanted()) return;
    isLooking = true;
    await consider(parts).catch(onError);
    isLooking = false;
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => {
    unsubscribe();
    clearInterval(timer);
  };
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

export async function headOf({ store }: Engine): Promise<LogPosition> {
  const { writer, sequence } = await store.logHead();
  return { writer, sequence };
}
