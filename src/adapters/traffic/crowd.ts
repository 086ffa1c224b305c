/**
 * Who pays what, one payment after the other: the same for the same plan, however fast anybody asks. Payments come in
 * blocks, so that over any longer stretch each scenario has its share; within a block, what one thief does stays together,
 * between the payments of others.
 */
import { assert } from '../../core/assert.ts';
import type { TrafficPlan } from '../../core/traffic/plan.ts';
import {
  TRAFFIC_SCENARIO_NAMES,
  TRAFFIC_SCENARIOS,
  type TrafficScenarioName,
} from '../../core/traffic/scenario.ts';
import type { TrafficPayment, TrafficSource } from '../../engine/traffic/ports.ts';
import { Chance } from './chance.ts';
import type { Draft } from './draft.ts';
import { draftOf, EPISODE_PAYMENTS } from './scenarios.ts';
import { customersAt } from './scenarios/shopping.ts';

/** About so many payments are planned together: a burst fits in, and a short run has its shares right. */
const BLOCK_PAYMENTS = 100;

/** A burst takes up to twice as much of the block as it has payments: others come in between. */
const BURST_STRETCH = 2;

/** A place in a block. */
interface Slot {
  readonly scenario: TrafficScenarioName;
  /** Which episode of the scenario it belongs to, and its place in there. */
  readonly episode: number;
  readonly place: number;
  /** Order within the block, from 0 to 1. */
  readonly at: number;
}

export function crowdOf(plan: TrafficPlan, runId: string): TrafficSource {
  const seed = String(plan.seed);
  const customers = customersAt(plan.rate);
  const blocks = new Blocks(plan, seed);
  let index = 0;
  let block: readonly Slot[] = [];
  let used = 0;
  return {
    next(hour) {
      while (used >= block.length) [block, used] = [blocks.next(), 0];
      const slot = block[used];
      assert(slot !== undefined, 'a block has as many slots as it is long');
      used += 1;
      const { scenario, episode, place } = slot;
      const chance = new Chance(seed, `traffic ${index}`);
      const draft = draftOf(scenario, { chance, seed, customers, index, episode, place, hour });
      index += 1;
      return paymentOf(draft, scenario, runId);
    },
  };
}

function paymentOf(
  { path, fields, followUp }: Draft,
  scenario: TrafficScenarioName,
  runId: string,
): TrafficPayment {
  const { label } = TRAFFIC_SCENARIOS[scenario];
  const metadata = { traffic_run: runId, traffic_label: label, traffic_scenario: scenario };
  return { path, body: JSON.stringify({ ...fields, metadata }), scenario, followUp };
}

interface Share {
  readonly scenario: TrafficScenarioName;
  /** Episodes of a block, with fractions. */
  readonly perBlock: number;
  /** What it begins with, so that not every rare one comes late. */
  readonly phase: number;
}

class Blocks {
  readonly #shares: readonly Share[];
  readonly #seed: string;
  #made = 0;

  constructor({ mix }: TrafficPlan, seed: string) {
    const chance = new Chance(seed, 'mix');
    const weights = TRAFFIC_SCENARIO_NAMES.map((scenario) => mix[scenario] ?? 0);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    assert(sum > 0, 'some scenario has a weight');
    this.#seed = seed;
    this.#shares = TRAFFIC_SCENARIO_NAMES.map((scenario, index) => ({
      scenario,
      perBlock: ((weights[index] ?? 0) / sum) * (BLOCK_PAYMENTS / EPISODE_PAYMENTS[scenario]),
      phase: chance.share(),
    }));
  }

  /** May be empty: where bursts are all there is, some blocks have none. */
  next(): readonly Slot[] {
    const chance = new Chance(this.#seed, `block ${this.#made}`);
    const slots = this.#shares.flatMap((share) => this.#slotsOf(share, chance));
    this.#made += 1;
    return slots.sort((left, right) => left.at - right.at);
  }

  /** As many episodes as make the share right over all blocks so far. */
  #slotsOf({ scenario, perBlock, phase }: Share, chance: Chance): Slot[] {
    const from = Math.floor(this.#made * perBlock + phase);
    const until = Math.floor((this.#made + 1) * perBlock + phase);
    const payments = EPISODE_PAYMENTS[scenario];
    const width = Math.min(1, (payments * BURST_STRETCH) / BLOCK_PAYMENTS);
    return Array.from({ length: until - from }, (_, offset) => {
      const start = payments === 1 ? chance.share() : chance.share() * (1 - width);
      return Array.from({ length: payments }, (__, place): Slot => {
        const at = payments === 1 ? start : start + (width * (place + chance.share())) / payments;
        return { scenario, episode: from + offset, place, at };
      });
    }).flat();
  }
}
