/** Load by autocannon: the best known generator on Node. It costs about as much processor time as the server. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Command } from './children.ts';
import type { LoadOrder, LoadResult } from './load-result.ts';
import { someBodies } from './requests.ts';

/** A closed loop; the requests are handed over as an HTTP archive, the only way to give it many. */
export function autocannonCommand(order: LoadOrder, folder: string): Command {
  const { url, connections, seconds, workload } = order;
  const archive = path.join(folder, 'requests.har');
  const entries = someBodies(workload).map((text) => ({
    request: {
      method: 'POST',
      url,
      headers: [{ name: 'content-type', value: 'application/json' }],
      postData: { text },
    },
  }));
  writeFileSync(archive, JSON.stringify({ log: { entries } }));
  const program = createRequire(import.meta.url).resolve('autocannon');
  const load = ['--connections', String(connections), '--duration', String(seconds)];
  return {
    file: process.execPath,
    args: [program, ...load, '--har', archive, '--json', '--no-progress', url],
  };
}

interface Report {
  readonly duration: number;
  readonly requests: { readonly total: number };
  readonly errors: number;
  readonly non2xx: number;
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** `startedAtMs` is when the process was started. Its latencies are whole milliseconds. */
export function autocannonResult(output: string, startedAtMs: number): LoadResult {
  const report = JSON.parse(output) as Report;
  return {
    startedAtMs,
    seconds: report.duration,
    requests: report.requests.total,
    failures: report.errors + report.non2xx,
    firstFailure: null,
    p50Ms: report.latency.p50,
    p99Ms: report.latency.p99,
    maxMs: report.latency.max,
    generatorCpuSeconds: null,
  };
}
