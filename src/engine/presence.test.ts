import { afterEach, expect, test, vi } from 'vitest';
import { expectEventually } from '../../test/property/store.ts';
import { type Presence, PROCESS_STALE_MS, type ProcessTable, startPresence } from './presence.ts';

const started: Presence[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const presence of started.splice(0)) await presence.stop();
});

interface FakeTable extends ProcessTable {
  workers: number;
  isAway: boolean;
  readonly beats: string[];
  readonly left: string[];
}

/** The database's part, as told. */
function table(): FakeTable {
  return {
    workers: 0,
    isAway: false,
    beats: [],
    left: [],
    async beat({ id }) {
      this.beats.push(id);
      if (this.isAway) throw new Error('away');
      return { workers: this.workers, apis: 0 };
    },
    async leave(id) {
      if (this.isAway) throw new Error('away');
      this.left.push(id);
    },
  };
}

async function begin(on: ProcessTable, kind: 'api' | 'worker', errors: unknown[] = []) {
  const presence = await startPresence(on, { id: 'self', kind }, (error) => errors.push(error));
  started.push(presence);
  return presence;
}

test('an API process sees workers come and go, and says so once each', async () => {
  const on = table();
  const presence = await begin(on, 'api');
  const said: boolean[] = [];
  presence.onChange(() => said.push(presence.areLive()));
  expect(presence.areLive()).toBe(false);
  on.workers = 2;
  await expectEventually(() => presence.areLive());
  on.workers = 1;
  await expectEventually(() => on.beats.length > 3, 10_000);
  on.workers = 0;
  await expectEventually(() => !presence.areLive());
  expect(said).toEqual([true, false]);
});

test('a worker leaves nothing to other workers', async () => {
  const on = table();
  on.workers = 3;
  expect((await begin(on, 'worker')).areLive()).toBe(false);
});

test('what was seen holds while the database is away, but not for longer than a process may be silent', async () => {
  const on = table();
  on.workers = 1;
  const errors: unknown[] = [];
  const presence = await begin(on, 'api', errors);
  on.isAway = true;
  const before = on.beats.length;
  await expectEventually(() => on.beats.length > before + 1, 10_000);
  expect(presence.areLive()).toBe(true);
  expect(errors).toHaveLength(1);
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + PROCESS_STALE_MS + 1);
  await expect.poll(() => presence.areLive(), { timeout: 10_000 }).toBe(false);
  vi.restoreAllMocks();
  on.isAway = false;
  await expectEventually(() => presence.areLive());
});

test('who stops says that it goes, and is not heard of again', async () => {
  const on = table();
  const presence = await begin(on, 'api');
  await presence.stop();
  started.pop();
  expect(on.left).toEqual(['self']);
});
