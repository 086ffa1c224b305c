/** CPU profiles of the servers under load: where their time goes, function by function. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bench } from './bench.ts';

const FUNCTIONS_SHOWN = 25;

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The part of Chrome's .cpuprofile format that we read. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What makes Node write a profile when it ends; nothing unless profiles were asked for. */
export function profileArguments({ options }: Bench, name: string): string[] {
  const { profileFolder } = options;
  if (profileFolder === null) return [];
  return [
    '--cpu-prof',
    `--cpu-prof-dir=${path.resolve(profileFolder)}`,
    `--cpu-prof-name=${name}.cpuprofile`,
  ];
}

/** The functions that took most of the time in which anything ran; empty unless profiles were asked for. */
export function profileText({ options }: Bench, name: string): string {
  const { profileFolder } = options;
  if (profileFolder === null) return '';
  const file = readdirSync(profileFolder).find((entry) => entry === `${name}.cpuprofile`);
  if (file === undefined) return `${name}: the server left no profile`;
  const profile = JSON.parse(readFileSync(path.join(profileFolder, file), 'utf8')) as CpuProfile;
  const times = selfTimes(profile);
  const total = times.reduce((sum, [, microseconds]) => sum + microseconds, 0);
  const rows = times
    .slice(0, FUNCTIONS_SHOWN)
    .map(([frame, time]) => `${((time / total) * 100).toFixed(1).padStart(6)} %  ${frame}`);
  return [`${name}: self time of ${(total / 1e6).toFixed(1)} s`, ...rows].join('\n');
}

/** Microseconds by function, longest first, without the time in which nothing ran. */
function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): [string, number][] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, frameText(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id) ?? '';
    if (frame === '(idle)') continue;
    times.set(frame, (times.get(frame) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return [...times].sort(([, left], [, right]) => right - left);
}

function frameText({ functionName, url, lineNumber }: Frame): string {
  const place =
    url === '' ? '' : ` ${url.replace(/^.*\/(?=node_modules\/|src\/)/, '')}:${lineNumber + 1}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}`;
}
