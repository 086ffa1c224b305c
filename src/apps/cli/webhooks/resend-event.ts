/** Sends one event to every endpoint that it was sent to before, or to one of them. */
import { PAGE_ITEMS_MAX } from '../../../adapters/http/limits.ts';
import { CliError, EXIT } from '../exit.ts';
import { printLine } from '../output.ts';
import type { Session } from '../session.ts';
import { pageFrom } from '../wire.ts';
import { count } from '../wording.ts';
import { isDelivered, resend } from './resending.ts';
import { deliveryFrom } from './wire.ts';
import { resentLine } from './views.ts';

export async function resendEvent(
  { client, isJson }: Session,
  eventId: string,
  endpointId: string | undefined,
): Promise<void> {
  // There are at most as many endpoints, and one delivery of an event to each.
  const { body } = await client.get('/webhook-deliveries', {
    event_id: eventId,
    endpoint_id: endpointId,
    limit: String(PAGE_ITEMS_MAX),
  });
  const { items } = pageFrom(body, deliveryFrom);
  if (items.length === 0) throw neverSent(endpointId);
  const resent = await Promise.all(items.map(({ id }) => resend(client, id)));
  for (const { answer, delivery, wasTried } of resent) {
    printLine(isJson ? answer.text : resentLine(delivery, wasTried));
  }
  const failures = resent.filter((one) => !isDelivered(one)).length;
  if (failures > 0) {
    throw new CliError(
      EXIT.failed,
      `${failures} of ${count(resent.length, 'delivery', 'deliveries')} did not arrive`,
    );
  }
}

function neverSent(endpointId: string | undefined): CliError {
  const where = endpointId === undefined ? 'any endpoint' : endpointId;
  return new CliError(
    EXIT.failed,
    `this event was never to be sent to ${where}\n` +
      'farthing webhooks list shows who wants what; farthing webhooks replay also sends what is older than an endpoint.',
  );
}
