import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createCommand,
  mustDecide,
  testClock,
  type TestClock,
  testEngine,
} from '../../../test/support/engine.ts';
import type { Engine, Store } from '../../engine/ports.ts';
import { catchUp, type Follower } from '../../engine/relay.ts';
import { emptyStore } from '../../../test/support/store.ts';
import { type Anchor, anchorFollower } from './anchor.ts';

let folder: string;
let path: string;
let clock: TestClock;
let store: Store;
let engine: Engine;
let follower: Follower;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'farthing-anchor-'));
  path = join(folder, 'anchors');
  clock = testClock();
  store = await emptyStore(clock, () => 'abc123');
  engine = testEngine(store, clock);
  follower = anchorFollower(path, store, clock);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function pay(times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, () => mustDecide(engine, createCommand())));
}

function anchors(): Anchor[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Anchor);
}

test('an anchor is the head of the chain', async () => {
  await pay(3);
  await catchUp(engine, follower);
  const { writer, sequence, hash } = await store.logHead();
  expect(anchors()).toEqual([{ writer, sequence, hash, at_ms: clock.nowMs() }]);
});

test('a thousand entries make one before the minute is over, fewer do not', async () => {
  await pay(1);
  await catchUp(engine, follower);
  await pay(999);
  await catchUp(engine, follower);
  expect(anchors().map((anchor) => anchor.sequence)).toEqual([1]);
  await pay(1);
  await catchUp(engine, follower);
  expect(anchors().map((anchor) => anchor.sequence)).toEqual([1, 1_001]);
});

test('a log that falls silent gets its last one when the minute is over', async () => {
  await pay(1);
  await catchUp(engine, follower);
  await pay(2);
  await catchUp(engine, follower);
  clock.advance(60_000);
  await catchUp(engine, follower);
  expect(anchors().map((anchor) => anchor.sequence)).toEqual([1, 3]);
});
