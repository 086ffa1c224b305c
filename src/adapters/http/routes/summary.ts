/** Totals: read from rows whose number does not grow, whatever is stored. */
import type { FastifyInstance } from 'fastify';
import { currencyOf } from '../../../core/currencies.ts';
import { FAILURE_REASONS } from '../../../core/failures.ts';
import { formatAmount } from '../../../core/money.ts';
import { quantile } from '../../../core/sketch.ts';
import { STATUSES } from '../../../core/payment.ts';
import type { Totals } from '../../../engine/ports.ts';
import type { HttpDeps } from '../deps.ts';
import { operation } from '../operation.ts';
import { exactNumber } from '../exact-number.ts';
import { SummarySchema } from '../schemas.ts';

export function summaryRoutes(app: FastifyInstance, { engine }: HttpDeps): void {
  app.get(
    '/summary',
    {
      schema: operation('getSummary', 'Payments', 'Totals over all payments', {
        response: { 200: SummarySchema },
      }),
    },
    async () => summarize(await engine.store.totals()),
  );
}

function summarize({ counters, timeToOutcome }: Totals) {
  const count = (name: `status:${string}` | `reason:${string}`) => Number(counters.get(name) ?? 0n);
  return {
    total: STATUSES.reduce((sum, status) => sum + count(`status:${status}`), 0),
    success: count('status:SUCCESS'),
    failed: count('status:FAILED'),
    refunded: count('status:REFUNDED'),
    failure_reasons: Object.fromEntries(
      FAILURE_REASONS.map((reason) => [reason, count(`reason:${reason}`)] as const).filter(
        ([, failed]) => failed > 0,
      ),
    ),
    created: count('status:CREATED'),
    processing: count('status:PROCESSING'),
    authorized: count('status:AUTHORIZED'),
    canceled: count('status:CANCELED'),
    volume: volumes(counters),
    time_to_outcome_ms: {
      p50: rounded(quantile(timeToOutcome, 0.5)),
      p95: rounded(quantile(timeToOutcome, 0.95)),
      p99: rounded(quantile(timeToOutcome, 0.99)),
    },
  };
}

function volumes(counters: Totals['counters']) {
  const captured: Record<string, ReturnType<typeof exactNumber>> = {};
  for (const [name, minor] of counters) {
    const [kind, code = ''] = name.split(':', 2);
    if (kind === 'volume')
      captured[code] = exactNumber(formatAmount(minor, currencyOf(code).minorDigits));
  }
  return captured;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
