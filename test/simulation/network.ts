/** How a workload changes the network: settings, as PATCH /simulation names them, and rules. */
import { BUILTIN_RULES } from '../../src/adapters/rules/builtin.ts';
import type { Chance } from '../support/chance.ts';
import type { ControlAsk } from './model.ts';
import type { WirePatch } from './settings.ts';

/** One to three names. What lasts leaves most payments a way to succeed. */
export function simulationPatch(chance: Chance, expiresInMs: number | null): WirePatch {
  const outages = expiresInMs === null ? NO_OUTAGE : OUTAGES;
  const patches: readonly (() => WirePatch)[] = [
    () => ({ failure_rate: chance.pick([0, 0.3, 0.3, 1]) }),
    () => ({ high_amount_decline_rate: chance.pick([0, 0.3, 1]) }),
    () => ({ random_decline_rate: chance.pick([0, 0.1, 0.5]) }),
    () => ({ risk_block_score: chance.pick([0.3, 0.5, 0.85, 1]) }),
    () => ({ fraud_threshold: chance.pick(FRAUD_THRESHOLDS) }),
    () => ({ high_amount_threshold: chance.pick(HIGH_AMOUNTS) }),
    () => ({ processing_start_delay_ms: chance.pick([0, 20]) }),
    () => ({ processing_delay_ms: chance.pick([0, 500, 3_000]) }),
    () => ({ processing_jitter_ms: chance.pick([0, 100, 1_000]) }),
    () => ({ amount_tails: chance.happens(0.5) }),
    () => ({ outage: chance.pick(outages) }),
  ];
  const picked = Array.from({ length: chance.int(1, 3) }, () => chance.pick(patches)());
  return Object.assign({}, ...picked) as WirePatch;
}

const FRAUD_THRESHOLDS = ['10000,JPY:1500000', '10000,JPY:1500000', '100', '0.5,JPY:7,CLF:0.0001'];
const HIGH_AMOUNTS = ['500', '25.5,KWD:1', '1000000', '0'];
const NO_OUTAGE = ['none'] as const;
const OUTAGES = ['none', 'unavailable', 'timeout'] as const;

/** The rules that are built in, or the same with somebody who may not be paid by card. */
export function rulesAsk(chance: Chance): ControlAsk {
  const blocked = chance.pick([[], ['Bob']]);
  const { lists } = BUILTIN_RULES;
  const block = { ...lists.block, merchants: blocked };
  const document = { ...BUILTIN_RULES, lists: { ...lists, block } };
  return { kind: 'rules', document, blocked, key: null };
}
