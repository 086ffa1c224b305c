/** The fault lab: what goes wrong with an endpoint's deliveries on purpose, so that its owner can see what that does. */

/**
 * `drop`: this attempt is not sent (the schedule goes on). `delay`: it is sent `delay_ms` later. `reorder`: it is held
 * back for `delay_ms` while later events pass it, on strict endpoints too. `duplicate`: it is sent twice.
 * `corrupt_signature`: the signature is that of another body.
 */
export const FAULT_KINDS = ['drop', 'delay', 'reorder', 'duplicate', 'corrupt_signature'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRule {
  /** Probability that it happens to an attempt, from 0 to 1. */
  readonly rate: number;
  /** It happens to so many attempts first, whatever the rate. */
  readonly next: number;
  /** For `delay` and `reorder`; 0 with the others. */
  readonly delayMs: number;
}

/** What is absent does not happen. */
export type EndpointFaults = Readonly<Partial<Record<FaultKind, FaultRule>>>;

export interface FaultPlan {
  /** What happens to this attempt. */
  readonly kinds: readonly FaultKind[];
  /** Milliseconds it is held up for. */
  readonly delayMs: number;
  /** The rules with one less to come; the same object when nothing was used up. */
  readonly after: EndpointFaults;
}

/** What happens to one attempt; `draw` gives the uniform number in [0, 1) of a kind. A dropped attempt has no other fault. */
export function planFaults(faults: EndpointFaults, draw: (kind: FaultKind) => number): FaultPlan {
  const kinds: FaultKind[] = [];
  const used: Partial<Record<FaultKind, FaultRule>> = {};
  let delayMs = 0;
  for (const kind of FAULT_KINDS) {
    const rule = faults[kind];
    if (rule === undefined) continue;
    if (rule.next > 0) used[kind] = { ...rule, next: rule.next - 1 };
    else if (draw(kind) >= rule.rate) continue;
    kinds.push(kind);
    if (kind === 'drop') break;
    delayMs = Math.max(delayMs, rule.delayMs);
  }
  const after = Object.keys(used).length === 0 ? faults : { ...faults, ...used };
  return { kinds, delayMs, after };
}
