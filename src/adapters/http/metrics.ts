/** Prometheus metrics under OpenTelemetry's names. No ids and no amounts in labels: their number must stay small. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FeedFacts } from '../../engine/feed/live-feed.ts';
import type { Totals } from '../../engine/ports.ts';

/** Seconds; dense where a durable commit lands. */
const BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Where to ask how the live feed is. */
  watchFeed(facts: () => FeedFacts): void;
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
  const feed = feedMetrics(registry);
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
    watchFeed: (facts) => feed.watch(facts),
    async expose(totals) {
      feed.ask();
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

/** The live feed: its clients and what waits for them, asked for when somebody wants to know. */
function feedMetrics(registry: Registry) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const clients = gauge('farthing_live_feed_clients', 'Clients that follow the live feed.');
  const unsent = gauge('farthing_live_feed_unsent_bytes', 'Bytes that wait for slow clients.');
  const cutOff = new Counter({
    name: 'farthing_live_feed_cut_off_total',
    help: 'Clients that were cut off because they did not read.',
    registers: [registry],
  });
  let facts: (() => FeedFacts) | null = null;
  return {
    watch(asked: () => FeedFacts) {
      facts = asked;
    },
    ask() {
      if (facts === null) return;
      const { readers, unsentBytes, cutOff: total } = facts();
      clients.set(readers);
      unsent.set(unsentBytes);
      cutOff.reset();
      cutOff.inc(total);
    },
  };
}
