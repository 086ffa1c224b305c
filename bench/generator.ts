/**
 * Our own load generator, a program of its own: raw sockets, finished requests, one on the way a connection.
 * Closed loop: each connection sends as soon as it has its answer. Open loop: requests leave at a constant rate,
 * whatever the server does, and a latency counts from when its request should have left, so that a server that
 * stalls cannot hide it (coordinated omission).
 */
import { type Connection, connect } from './connection.ts';
import { type LoadOrder, type LoadResult, parseOrder } from './load-result.ts';
import { requestSource } from './requests.ts';
import { quantile } from './statistics.ts';

/** Beyond this many seconds behind schedule, the server cannot take the rate at all. */
const BEHIND_SECONDS_MAX = 5;

/** An answer that takes longer than this after the end never comes. */
const ANSWER_SECONDS_MAX = 30;

class Tally {
  readonly latenciesMs: number[] = [];
  failures = 0;
  firstFailure: string | null = null;

  add(latencyMs: number, status: number, received: string): void {
    this.latenciesMs.push(latencyMs);
    if (status === 201) return;
    this.failures += 1;
    this.firstFailure ??= received;
  }
}

async function drive(order: LoadOrder): Promise<LoadResult> {
  const { url, connections, seconds, ratePerSecond } = order;
  const target = new URL(url);
  const nextRequest = requestSource(target, order.workload);
  const opened = await Promise.all(
    Array.from({ length: connections }, () => connect(target, give)),
  );
  const tally = new Tally();
  const deadline = setTimeout(
    () => give(new Error('the server stopped answering')),
    (seconds + ANSWER_SECONDS_MAX) * 1000,
  );
  const startedAtMs = Date.now();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await (ratePerSecond === null
    ? closedLoop(opened, nextRequest, seconds, tally)
    : openLoop(opened, nextRequest, { seconds, ratePerSecond }, tally));
  clearTimeout(deadline);
  const elapsed = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const connection of opened) connection.close();
  return {
    startedAtMs,
    seconds: elapsed,
    requests: tally.latenciesMs.length,
    failures: tally.failures,
    firstFailure: tally.firstFailure,
    p50Ms: quantile(tally.latenciesMs, 0.5),
    p99Ms: quantile(tally.latenciesMs, 0.99),
    maxMs: quantile(tally.latenciesMs, 1),
    generatorCpuSeconds: (user + system) / 1e6,
  };
}

function closedLoop(
  connections: readonly Connection[],
  nextRequest: () => Buffer,
  seconds: number,
  tally: Tally,
): Promise<void> {
  const endsAt = performance.now() + seconds * 1000;
  let busy = connections.length;
  return new Promise((resolve) => {
    const send = (connection: Connection, sentAt: number) => {
      connection.send(nextRequest(), (status, received) => {
        const now = performance.now();
        tally.add(now - sentAt, status, received);
        if (now < endsAt) send(connection, now);
        else if (--busy === 0) resolve();
      });
    };
    for (const connection of connections) send(connection, performance.now());
  });
}

function openLoop(
  connections: readonly Connection[],
  nextRequest: () => Buffer,
  { seconds, ratePerSecond }: { seconds: number; ratePerSecond: number },
  tally: Tally,
): Promise<void> {
  // The one that rested longest goes first: a server closes connections that nothing is heard of.
  const free = [...connections];
  const total = Math.round(seconds * ratePerSecond);
  const startedAt = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const sendDue = () => {
      const now = performance.now();
      for (;;) {
        const dueAt = startedAt + (sent * 1000) / ratePerSecond;
        if (now - dueAt > BEHIND_SECONDS_MAX * 1000) give(new Error('the rate cannot be kept'));
        const connection = sent < total && dueAt <= now ? free.shift() : undefined;
        if (connection === undefined) return;
        sent += 1;
        connection.send(nextRequest(), (status, received) => {
          tally.add(performance.now() - dueAt, status, received);
          free.push(connection);
          if (tally.latenciesMs.length === total) end();
          else sendDue();
        });
      }
    };
    // A timer a millisecond: the finest that Node has without burning a processor that the server needs.
    const timer = setInterval(sendDue, 1);
    const end = () => {
      clearInterval(timer);
      resolve();
    };
  });
}

function give(error: Error): never {
  console.error(error.message);
  process.exit(1);
}

console.log(JSON.stringify(await drive(parseOrder(process.argv[2] ?? ''))));
