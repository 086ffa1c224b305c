/** Load by wrk, where it is installed: C, and the least of a burden on the machine that it shares with the server. */
import { closeSync, existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { paymentBodies } from './bodies.ts';
import { authorizationBody } from './cards.ts';
import type { Command } from './children.ts';
import type { LoadOrder, LoadResult, Workload } from './load-result.ts';

/**
 * Sends the bodies of a file: finished requests in their order, or, with a seed, drawn ones that are finished when they
 * leave, because a million finished ones need too much memory. Prints its result as one line of JSON.
 */
const SCRIPT = `
local bodies, requests, count, sent = {}, {}, 0, 0
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local seed = tonumber(args[2])
  for body in io.lines(args[1]) do
    count = count + 1
    if seed then bodies[count] = body else requests[count] = wrk.format(nil, nil, nil, body) end
  end
  if seed then math.randomseed(seed) end
end
function request()
  if #requests == 0 then return wrk.format(nil, nil, nil, bodies[math.random(count)]) end
  sent = sent + 1
  return requests[sent % count + 1]
end
function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"seconds":%f,"requests":%d,"failures":%d,"p50":%f,"p99":%f,"max":%f}',
    summary.duration / 1e6, summary.requests, failures, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3))
end
`;

/** A closed loop on one thread. */
export function wrkCommand(order: LoadOrder, folder: string): Command {
  const { url, connections, seconds, workload } = order;
  const script = path.join(folder, 'wrk.lua');
  writeFileSync(script, SCRIPT);
  const bodies = bodiesFile(workload, folder);
  const seed = workload.kind === 'cards' ? [String(workload.seed)] : [];
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
  return { file: 'wrk', args: [...load, url, '--', bodies, ...seed] };
}

/** A body a line; made once. */
function bodiesFile(workload: Workload, folder: string): string {
  const file = path.join(folder, `bodies-${workload.kind}.txt`);
  if (existsSync(file)) return file;
  const descriptor = openSync(file, 'w');
  for (const chunk of bodyChunks(workload)) writeSync(descriptor, `${chunk.join('\n')}\n`);
  closeSync(descriptor);
  return file;
}

const CHUNK_BODIES = 10_000;

function* bodyChunks(workload: Workload): Generator<string[]> {
  if (workload.kind === 'payments') {
    yield paymentBodies();
    return;
  }
  const { cards } = workload;
  for (let from = 0; from < cards; from += CHUNK_BODIES) {
    const length = Math.min(CHUNK_BODIES, cards - from);
    yield Array.from({ length }, (_, index) => authorizationBody(from + index, cards));
  }
}

/** `startedAtMs` is when the process was started. */
export function wrkResult(output: string, startedAtMs: number): LoadResult {
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error(`wrk reported: ${output}`);
  const { p50, p99, max, ...counts } = JSON.parse(line) as Record<string, number>;
  return {
    startedAtMs,
    seconds: counts['seconds'] ?? Number.NaN,
    requests: counts['requests'] ?? Number.NaN,
    failures: counts['failures'] ?? Number.NaN,
    firstFailure: null,
    p50Ms: p50 ?? Number.NaN,
    p99Ms: p99 ?? Number.NaN,
    maxMs: max ?? Number.NaN,
    generatorCpuSeconds: null,
  };
}
