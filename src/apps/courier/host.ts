/**
 * The courier, as the main thread sees it: told of commits a few times a second at most, started when there is the first
 * endpoint, so that whoever has no webhooks pays nothing for them. Beside a database file it has a thread of its own,
 * so that delivering takes no time from payments; a database in memory belongs to this thread, and so does its courier.
 */
import { Worker } from 'node:worker_threads';
import { StorageError } from '../../engine/ports.ts';
import type { CourierStart, FromCourier, ToCourier } from './messages.ts';
import type { CourierSettings, CourierWorld, Delivering } from './run.ts';

/** The courier is told of commits at most this often: it reads the log in pages, not event by event. */
const LOOK_EVERY_MS = 50;

/** A thread that ended by itself is started again after so long; doubled each time, up to the most. */
const RESTART_MS = 1_000;
const RESTART_MS_MAX = 60_000;

/** One that ran this long has got over what ended it. */
const RAN_WELL_MS = 60_000;

export interface CourierHost {
  /** Something was committed. */
  look(): void;
  /** Starts the courier if it has not been, and tells it to look at the endpoints again. */
  changed(): void;
  /** True from `changed` until `rest`. */
  isWanted(): boolean;
  /** Ends the courier until `changed` is called again: somebody else delivers. Waits as `stop` does. */
  rest(): Promise<void>;
  listening(origin: string): void;
  /** Waits for what is under way, for some seconds at most. */
  stop(): Promise<void>;
}

/**
 * Of the thread's heap, in place of the 48 that V8 would take under load. With much less, what lives until its results are
 * written counts as old, and payments wait for a processor that sweeps it.
 */
const YOUNG_MIB_MAX = 24;

/**
 * Many times what it ever needs. With a limit like this V8 lets garbage pile up to half as much again as is in use, and not
 * to four times that: answers of 64 KiB by the hundred a second are mostly that.
 */
const OLD_MIB_MAX = 1_024;

/** How the courier is started. */
export type StartCourier = (onEnd: (error: unknown) => void) => Delivering;

/** `start` is called when `changed` is for the first time, and again after the courier has ended by itself. */
export function courierHost(start: StartCourier, onError: (error: unknown) => void): CourierHost {
  let courier: Delivering | null = null;
  let origin: string | null = null;
  let looking: NodeJS.Timeout | null = null;
  let lookedAt = -Infinity;
  let restarting: NodeJS.Timeout | undefined;
  let isWanted = false;
  let isStopped = false;
  let restartMs = RESTART_MS;

  const begin = () => {
    const startedAt = performance.now();
    courier = start((error) => {
      courier = null;
      onError(error);
      if (isStopped) return;
      if (performance.now() - startedAt > RAN_WELL_MS) restartMs = RESTART_MS;
      restarting = setTimeout(begin, restartMs);
      restartMs = Math.min(2 * restartMs, RESTART_MS_MAX);
    });
    if (origin !== null) courier.listening(origin);
  };
  return {
    look() {
      if (courier === null || looking !== null) return;
      const waitMs = Math.max(0, lookedAt + LOOK_EVERY_MS - performance.now());
      looking = setTimeout(() => {
        looking = null;
        lookedAt = performance.now();
        courier?.look();
      }, waitMs);
    },
    changed() {
      if (isStopped) return;
      if (!isWanted) {
        isWanted = true;
        begin();
      }
      courier?.changed();
    },
    isWanted: () => isWanted,
    async rest() {
      const resting = courier;
      courier = null;
      isWanted = false;
      clearTimeout(restarting);
      await resting?.stop();
    },
    listening(at) {
      origin = at;
      courier?.listening(at);
    },
    async stop() {
      isStopped = true;
      clearTimeout(looking ?? undefined);
      clearTimeout(restarting);
      await courier?.stop();
    },
  };
}

/** On this thread. Its code is loaded now and not before. */
export function inlineCourier(settings: CourierSettings, world: CourierWorld): StartCourier {
  return (onEnd) => {
    const delivering = import('./run.ts').then(({ deliver }) => deliver(settings, world));
    delivering.catch(onEnd);
    const tell = (say: (to: Delivering) => void) => void delivering.then(say, () => {});
    return {
      look: () => tell((to) => to.look()),
      changed: () => tell((to) => to.changed()),
      listening: (origin) => tell((to) => to.listening(origin)),
      stop: () => delivering.then((to) => to.stop()),
    };
  };
}

/** On a thread of its own. */
export function threadCourier(
  start: () => CourierStart,
  onError: (error: unknown) => void,
): StartCourier {
  return (onEnd) => {
    // The same folder holds the same file in TypeScript here and compiled in a published package.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(new URL(`./thread.${extension}`, import.meta.url), {
      workerData: start(),
      // What a delivery leaves behind is young and small: still more room would only be filled before it is swept.
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MIB_MAX,
        maxOldGenerationSizeMb: OLD_MIB_MAX,
      },
    });
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    let isStopping = false;
    let failure: unknown = new Error('the thread that delivers webhooks has ended');
    thread.on('message', (said: FromCourier) => onError(errorOf(said)));
    thread.on('error', (error) => (failure = error));
    thread.on('exit', () => {
      if (!isStopping) onEnd(failure);
    });
    const tell = (message: ToCourier) => thread.postMessage(message);
    return {
      look: () => tell({ kind: 'look' }),
      changed: () => tell({ kind: 'changed' }),
      listening: (origin) => tell({ kind: 'listening', origin }),
      stop() {
        isStopping = true;
        tell({ kind: 'stop' });
        return ended;
      },
    };
  };
}

function errorOf({ message, storage }: FromCourier): Error {
  return storage === null ? new Error(message) : new StorageError(storage, message);
}
