import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/engine.ts';
import type { JobSteps } from './handlers.ts';
import type { JobId } from './job.ts';
import { type SeedPayment, seedTransactions } from './seed-transactions.ts';

type Steps = JobSteps<'seed_synthetic_transactions'>;

let prepared: SeedPayment[];
let made: number[];
let advanced: number[];
let stop: AbortController;

beforeEach(() => {
  prepared = [];
  made = [];
  advanced = [];
  stop = new AbortController();
});
afterEach(() => stop.abort());

/** Notes what is asked for; a number in `broken` fails. */
function source(broken: readonly number[] = []) {
  return {
    prepare(payment: SeedPayment) {
      prepared.push(payment);
      return async () => {
        if (broken.includes(payment.number)) throw new Error(`${payment.number} broke`);
        made.push(payment.number);
      };
    },
  };
}

function steps(done: number, count: number, changes: Partial<Steps> = {}): Steps {
  return {
    id: 'job_1' as JobId,
    params: { count, batch_size: 30, seed: 'demo' },
    done,
    signal: stop.signal,
    advance: async (reached) => void advanced.push(reached),
    ...changes,
  };
}

const seed = (broken?: readonly number[]) => seedTransactions(source(broken), testClock());
const upTo = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => from + index);

describe('seeding', () => {
  test('makes each payment once, step by step, the last one shorter', async () => {
    expect(await seed()(steps(0, 100))).toEqual({ payments: 100, seed: 'demo' });
    expect(made).toEqual(upTo(0, 100));
    expect(advanced).toEqual([30, 60, 90, 100]);
    expect(prepared[7]).toEqual({ jobId: 'job_1', number: 7, count: 100, seed: 'demo' });
  });

  test('goes on where an earlier try was', async () => {
    await seed()(steps(60, 100));
    expect(made).toEqual(upTo(60, 100));
    expect(advanced).toEqual([90, 100]);
  });

  test('whose payments are all there is over', async () => {
    expect(await seed()(steps(100, 100))).toMatchObject({ payments: 100 });
    expect(made).toEqual([]);
  });

  test('that fails has counted no step that is not whole, and leaves nothing on its way', async () => {
    await expect(seed([40, 50])(steps(0, 100))).rejects.toThrow('40 broke');
    expect(advanced).toEqual([30]);
    expect(made).toEqual(upTo(0, 60).filter((number) => number !== 40 && number !== 50));
  });

  test('stops where it is told to', async () => {
    const advance = async (reached: number) => {
      if (reached === 60) throw new Error('stop here');
    };
    await expect(seed()(steps(0, 100, { advance }))).rejects.toThrow('stop here');
    expect(made).toEqual(upTo(0, 60));
  });
});
