/** Prometheus metrics under OpenTelemetry's names. No ids and no amounts in labels: their number must stay small. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Totals } from '../../engine/ports.ts';

/** Seconds; dense where a durable commit lands. */
const BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void;
  /** The text of /metrics; totals come from the store, so that they survive a restart. */
  expose(totals: Totals): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const payments = new Gauge({
    name: 'farthing_payments',
    help: 'Payments by the status they are in.',
    labelNames: ['status'],
    registers: [registry],
  });
  const failures = new Gauge({
    name: 'farthing_payments_failed',
    help: 'Payments that are FAILED, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  const outcomes = new Counter({
    name: 'farthing_payment_outcomes_total',
    help: 'First outcomes so far.',
    registers: [registry],
  });
  // Finding a child by its labels costs more than observing it, so children are kept by one key.
  const children = new Map<string, ReturnType<typeof durations.labels>>();

  return {
    observe(method, route, status, seconds) {
      const key = `${method} ${route} ${status}`;
      let child = children.get(key);
      if (child === undefined) {
        child = durations.labels(method, route, String(status));
        children.set(key, child);
      }
      child.observe(seconds);
    },
    async expose(totals) {
      payments.reset();
      failures.reset();
      for (const [name, total] of totals.counters) {
        const [kind, label = ''] = name.split(':', 2);
        if (kind === 'status') payments.set({ status: label }, Number(total));
        if (kind === 'reason') failures.set({ reason: label }, Number(total));
      }
      outcomes.reset();
      outcomes.inc([...totals.timeToOutcome.values()].reduce((sum, count) => sum + count, 0));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
