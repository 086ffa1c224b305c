/** Load by wrk, where it is installed: C, and the least of a burden on the machine that it shares with the server. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { paymentBodies } from './bodies.ts';
import type { Command } from './children.ts';
import type { LoadOrder, LoadResult } from './load-result.ts';

/** Builds all requests before the first one leaves; prints its result as one line of JSON. */
const SCRIPT = `
local requests, count, sent = {}, 0, 0
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  for body in io.lines(args[1]) do
    count = count + 1
    requests[count] = wrk.format(nil, nil, nil, body)
  end
end
function request()
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
export function wrkCommand({ url, connections, seconds }: LoadOrder, folder: string): Command {
  const script = path.join(folder, 'wrk.lua');
  const bodies = path.join(folder, 'bodies.txt');
  writeFileSync(script, SCRIPT);
  writeFileSync(bodies, `${paymentBodies().join('\n')}\n`);
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
  return { file: 'wrk', args: [...load, url, '--', bodies] };
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
