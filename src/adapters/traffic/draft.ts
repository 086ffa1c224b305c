/** One payment as a scenario draws it: the fields of its request, and what its customer does next. */
import type { FollowUp } from '../../engine/traffic/ports.ts';
import type { Chance } from './chance.ts';

export interface Draft {
  readonly path: '/payment' | '/payments';
  /** Of the request's body; what is undefined is not sent. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly followUp: FollowUp | null;
}

export interface DraftMoment {
  /** Draws of this payment alone. */
  readonly chance: Chance;
  readonly seed: string;
  /** How many there are in the town. */
  readonly customers: number;
  /** Of the payment in the run, from 0. */
  readonly index: number;
  /** Payments of one thief share an episode; the others have one each. */
  readonly episode: number;
  /** In the episode, from 0. */
  readonly place: number;
  /** Of the week, from Monday 00:00. */
  readonly hour: number;
}
