/** How the network behaves is changed while it runs, and everything begins anew. */
import type { ChangeRules, ChangeSimulation, Timer } from '../commands.ts';
import type { Controls } from '../controls.ts';
import { simulationAfter, simulationExpired, simulationWire } from '../simulation.ts';
import { type ControlDecision, type Decided, type Facts, type Moment, stale } from './decision.ts';

export function changeSimulation(
  command: ChangeSimulation,
  { controls }: Facts,
  { nowMs }: Moment,
): Decided {
  const simulation = simulationAfter(controls.simulation, command, nowMs);
  const { expiresAtMs } = simulation;
  const timer: Timer | null =
    expiresAtMs === null
      ? null
      : {
          dueAtMs: expiresAtMs,
          paymentId: null,
          kind: 'simulation_expires',
          attempt: simulation.version,
        };
  return simulationChanged({ ...controls, simulation }, { command: command.type }, nowMs, timer);
}

/** What was changed for a time is as it was; a timer of an earlier change does nothing. */
export function expireSimulation(timer: Timer, { controls }: Facts, { nowMs }: Moment): Decided {
  if (controls.simulation.version !== timer.attempt) return stale();
  const simulation = simulationExpired(controls.simulation);
  return simulationChanged({ ...controls, simulation }, { command: 'timer_elapsed' }, nowMs, null);
}

function simulationChanged(
  controls: Controls,
  cause: ControlDecision['event']['cause'],
  atMs: number,
  timer: Timer | null,
): Decided {
  const { settings } = controls.simulation;
  const data = simulationWire(controls.simulation);
  return controlled({
    kind: 'control',
    event: { type: 'simulation.changed', cause, data, atMs },
    controls: { ...controls, settings },
    timer,
    isReset: false,
  });
}

export function changeRules(
  { rules }: ChangeRules,
  { controls }: Facts,
  { nowMs }: Moment,
): Decided {
  return controlled({
    kind: 'control',
    event: {
      type: 'rules.changed',
      cause: { command: 'change_rules' },
      data: rules.document,
      atMs: nowMs,
    },
    controls: { ...controls, rules },
    timer: null,
    isReset: false,
  });
}

/** Settings and rules stay; the first entry of the new log tells the head of the old one. */
export function reset({ controls, head }: Facts, { nowMs }: Moment): Decided {
  const { expiresAtMs, version } = controls.simulation;
  const timer: Timer | null =
    expiresAtMs === null
      ? null
      : { dueAtMs: expiresAtMs, paymentId: null, kind: 'simulation_expires', attempt: version };
  return controlled({
    kind: 'control',
    event: {
      type: 'data.reset',
      cause: { command: 'reset_data' },
      data: { previous: { writer: head.writer, entries: head.sequence, hash: head.hash } },
      atMs: nowMs,
    },
    controls,
    timer,
    isReset: true,
  });
}

function controlled(value: ControlDecision): Decided {
  return { ok: true, value };
}
