/** What the thread that delivers is told, and what it says. */
import type { StorageError } from '../../engine/ports.ts';
import type { CourierSettings } from './run.ts';
import type { ClockMoment } from './thread-clock.ts';

export interface CourierStart {
  readonly settings: CourierSettings;
  readonly databasePath: string;
  readonly deliveriesPath: string;
  readonly clock: ClockMoment;
}

export type ToCourier =
  | { readonly kind: 'look' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'listening'; readonly origin: string }
  | { readonly kind: 'stop' };

/** Something failed and is tried again. */
export interface FromCourier {
  readonly message: string;
  /** Null when it was not storage. */
  readonly storage: StorageError['kind'] | null;
}
