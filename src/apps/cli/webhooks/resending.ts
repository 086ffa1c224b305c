/** Sending deliveries again, and waiting for what the receiver says. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Client } from '../client.ts';
import { deliveryInFullFrom, type WireDeliveryInFull } from './wire.ts';

/** A little longer than an attempt may take. */
const ATTEMPT_MS_MAX = 20_000;
const POLL_MS = 100;

export interface Resent {
  /** As the server tells it last. */
  readonly answer: Answer;
  readonly delivery: WireDeliveryInFull;
  /** False when no attempt was made in time: the endpoint is paused, or the payment's earlier events come first. */
  readonly wasTried: boolean;
}

export async function resend(client: Client, id: string): Promise<Resent> {
  const path = `/webhook-deliveries/${id}`;
  const before = deliveryInFullFrom((await client.get(path)).body);
  await client.post(`${path}/resend`, 'null', {
    idempotencyKey: undefined,
    waitSeconds: undefined,
  });
  const deadlineMs = performance.now() + ATTEMPT_MS_MAX;
  for (;;) {
    const answer = await client.get(path);
    const delivery = deliveryInFullFrom(answer.body);
    const wasTried = delivery.attemptCount > before.attemptCount;
    if (wasTried || performance.now() > deadlineMs) return { answer, delivery, wasTried };
    await sleep(POLL_MS);
  }
}

/** True when the receiver took it. */
export function isDelivered({ delivery, wasTried }: Resent): boolean {
  return wasTried && delivery.status === 'delivered';
}
