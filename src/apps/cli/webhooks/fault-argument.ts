/** `drop=0.1 duplicate=next:3 delay=off` on a command line, as the server takes it. */
import { InvalidArgumentError } from 'commander';
import { nearest } from '../../../core/nearest.ts';
import { FAULT_KINDS, type FaultKind } from '../../../core/webhooks/faults.ts';

export type FaultChange = readonly [kind: FaultKind, rule: Rule | null];

interface Rule {
  readonly rate?: number;
  readonly next?: number;
}

/** Faults that hold something up. */
const LATE: readonly FaultKind[] = ['delay', 'reorder'];

/** Collects them: an argument that may be given several times. */
export function faultChange(
  text: string,
  before: readonly FaultChange[] | undefined,
): readonly FaultChange[] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  return [...(before ?? []), [kindOf(name), ruleOf(value)]];
}

/** What PATCH takes; the time goes with those that have one. */
export function faultsBody(changes: readonly FaultChange[], delayMs: number | undefined): object {
  const withDelay = ([kind, rule]: FaultChange) =>
    rule === null || delayMs === undefined || !LATE.includes(kind)
      ? rule
      : { ...rule, delay_ms: delayMs };
  return Object.fromEntries(changes.map((change) => [change[0], withDelay(change)]));
}

function kindOf(name: string): FaultKind {
  const asked = name.replaceAll('-', '_');
  const kind = FAULT_KINDS.find((known) => known === asked);
  if (kind !== undefined) return kind;
  const meant = nearest(asked, FAULT_KINDS);
  throw new InvalidArgumentError(
    meant === null
      ? `It must be like drop=0.1; the faults are ${FAULT_KINDS.join(', ')}.`
      : `Did you mean ${meant}?`,
  );
}

function ruleOf(value: string): Rule | null {
  if (value === 'off') return null;
  const [, next] = /^next:(\d{1,7})$/.exec(value) ?? [];
  if (next !== undefined) return { next: Number(next) };
  const rate = Number(value);
  if (/^\d?\.?\d+$/.test(value) && rate <= 1) return { rate };
  throw new InvalidArgumentError('It must be a rate from 0 to 1, next:3, or off.');
}
