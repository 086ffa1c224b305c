/** GET /stats: card authorizations in numbers, from counters whose number does not grow. */
import { type Currency, currencyOf } from '../../core/currencies.ts';
import { quantile } from '../../core/sketch.ts';
import type { Totals } from '../../engine/ports.ts';

interface Count {
  readonly approved: number;
  readonly declined: number;
  /** Major units, of both together. */
  readonly amount: number;
}

const NONE: Count = { approved: 0, declined: 0, amount: 0 };

export function statsOf({ counters, decisionLatency }: Totals) {
  const byCurrency = new Map<string, Count>();
  for (const [name, total] of counters) {
    const [kind, code = ''] = name.split(':', 2);
    const count = byCurrency.get(code) ?? NONE;
    if (kind === 'card_approved') byCurrency.set(code, { ...count, approved: Number(total) });
    if (kind === 'card_declined') byCurrency.set(code, { ...count, declined: Number(total) });
    if (kind === 'card_amount') {
      byCurrency.set(code, { ...count, amount: majorUnits(total, currencyOf(code)) });
    }
  }
  const all = [...byCurrency.values()].reduce(
    (sum, { approved, declined, amount }) => ({
      approved: sum.approved + approved,
      declined: sum.declined + declined,
      amount: sum.amount + amount,
    }),
    NONE,
  );
  return {
    ...shown(all),
    p95_latency: latency(quantile(decisionLatency, 0.95)),
    by_currency: Object.fromEntries(
      [...byCurrency]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([code, count]) => [code, shown(count)]),
    ),
  };
}

function shown({ approved, declined, amount }: Count) {
  const total = approved + declined;
  return {
    total,
    approved,
    declined,
    approval_rate: total === 0 ? 0 : Math.round((approved * 10_000) / total) / 10_000,
    avg_amount: total === 0 ? 0 : Math.round((amount / total) * 100) / 100,
  };
}

/** A sum for an average that is shown with two decimals: a double will do. */
function majorUnits(minor: bigint, { minorDigits }: Currency): number {
  return Number(minor) / 10 ** minorDigits;
}

function latency(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000_000) / 1_000_000;
}
