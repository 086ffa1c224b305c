/**
 * What a run breaks on purpose while it lasts, by the same ways as anybody would: an outage is a change of the simulation,
 * late webhooks are a fault of their endpoints. An outage ends by its own timer even when the process dies; a fault that was
 * put on an endpoint stays then, and is shown there.
 */
import type { ChangeSimulation } from '../../core/commands.ts';
import type { TrafficPlan } from '../../core/traffic/plan.ts';
import { SLOW_WEBHOOKS_MS } from '../../core/traffic/preset.ts';
import type { Endpoint } from '../../core/webhooks/endpoint.ts';
import type { EndpointFaults } from '../../core/webhooks/faults.ts';
import { execute } from '../execute.ts';
import type { Engine } from '../ports.ts';
import type { DeliveryStore } from '../webhooks/ports.ts';

export interface DisturbedWorld {
  readonly engine: Engine;
  readonly deliveries: Pick<DeliveryStore, 'endpoints' | 'changeEndpoint'>;
  /** Tells whoever delivers that endpoints were changed. */
  readonly endpointsChanged: () => void;
}

/** Breaks what the plan asks for; gives what makes it whole again, if that is not done already. */
export async function disturb(
  world: DisturbedWorld,
  plan: TrafficPlan,
  origin: { readonly actor: string; readonly requestId: string },
): Promise<() => Promise<void>> {
  if (plan.disturbance === 'issuer_outage') return breakIssuer(world, plan, origin);
  if (plan.disturbance === 'slow_webhooks') return slowWebhooks(world);
  return async () => {};
}

async function breakIssuer(
  { engine }: DisturbedWorld,
  { durationSeconds }: TrafficPlan,
  origin: { readonly actor: string; readonly requestId: string },
): Promise<() => Promise<void>> {
  const change = (patch: ChangeSimulation['patch'], expiresInMs: number | null) =>
    execute(engine, {
      command: { type: 'change_simulation', patch, expiresInMs },
      origin: { ...origin, path: null },
      idempotency: null,
    });
  await change({ outage: 'unavailable' }, durationSeconds * 1_000);
  return async () => {
    const { configured, lasting, temporary } = engine.controls.current.simulation;
    // It has ended by itself, or somebody has changed it since.
    if (temporary.outage !== 'unavailable') return;
    await change({ outage: lasting.outage ?? configured.outage }, null);
  };
}

const SLOW: NonNullable<EndpointFaults['delay']> = { rate: 1, next: 0, delayMs: SLOW_WEBHOOKS_MS };

async function slowWebhooks(world: DisturbedWorld): Promise<() => Promise<void>> {
  const endpoints = await world.deliveries.endpoints();
  const slowed = endpoints.filter(({ faults }) => faults.delay === undefined);
  const mend = () =>
    changeFaults(world, slowed, ({ delay, ...others }) => {
      const isOurs = delay?.rate === SLOW.rate && delay.delayMs === SLOW.delayMs;
      return isOurs ? others : { ...others, ...(delay === undefined ? {} : { delay }) };
    });
  try {
    await changeFaults(world, slowed, (faults) => ({ delay: SLOW, ...faults }));
  } catch (error) {
    await mend().catch(() => {});
    throw error;
  }
  return mend;
}

async function changeFaults(
  { deliveries, engine, endpointsChanged }: DisturbedWorld,
  endpoints: readonly Endpoint[],
  change: (faults: EndpointFaults) => EndpointFaults,
): Promise<void> {
  for (const { id } of endpoints) {
    await deliveries.changeEndpoint(id, (before) => ({
      ...before,
      faults: change(before.faults),
      updatedAtMs: engine.clock.nowMs(),
    }));
  }
  if (endpoints.length > 0) endpointsChanged();
}
