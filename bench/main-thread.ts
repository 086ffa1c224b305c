/** How long the main threads of the pages were busy at a time, read from a trace of the browser. */
import type { Browser } from '@playwright/test';

/** A task below a millisecond is in nobody's way; counting these too would make every quantile look good. */
const TASK_MS_MIN = 1;

/** The part of Chrome's trace format that we read. Times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of at least a millisecond that ran on main threads of pages while `work` did, in milliseconds. */
export async function tasksDuring(browser: Browser, work: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(undefined, { categories: ['toplevel', '__metadata'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const threads = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const tasks = trace.traceEvents
    .filter((event) => event.ph === 'X' && event.name === 'ThreadControllerImpl::RunTask')
    .filter((event) => threads.has(threadOf(event)))
    .map(({ dur = 0 }) => dur / 1_000);
  if (tasks.length === 0) throw new Error('the trace of the browser holds no task of a page');
  return tasks.filter((ms) => ms >= TASK_MS_MIN);
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}
