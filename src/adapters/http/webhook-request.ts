/** From the bodies of /webhook-endpoints to an endpoint's fields. What JSON Schema cannot say of them is checked here. */
import { maskCardNumbers } from '../../core/card.ts';
import type { Endpoint } from '../../core/webhooks/endpoint.ts';
import { FAULT_KINDS, type EndpointFaults } from '../../core/webhooks/faults.ts';
import type { WebhookDeps } from './deps.ts';
import { Problem } from './problems.ts';
import { isSinkName, SINK_NAME_FORM } from './sink-names.ts';
import type { EndpointPatchBody, FaultsBody } from './webhook-schemas.ts';
import { isLateKind } from './webhook-wire.ts';

const FAULT_DELAY_MS_DEFAULT = 2_000;

const SINK_PATH = /^\/sinks\/([^/?#]*)$/;

/** The name of the sink that an address stands for, on this server or any; null when it stands for none. */
export function sinkNameOf(url: string): string | null {
  const path = url.startsWith('/') ? url : (URL.parse(url)?.pathname ?? '');
  const [, name] = SINK_PATH.exec(path) ?? [];
  return name !== undefined && isSinkName(name) ? name : null;
}

/** The address as it will be kept; throws a Problem when webhooks are not sent there. */
export async function endpointUrl(text: string, webhooks: WebhookDeps): Promise<string> {
  // It is kept and shown as it stands, so that nothing in it can be masked.
  if (maskCardNumbers(text) !== text) {
    throw urlProblem('holds what could be a card number, which is never kept; use another address');
  }
  if (text.startsWith('/')) {
    if (sinkNameOf(text) !== null) return text;
    throw urlProblem(
      `a path can only be /sinks/{name}, a receiver of our own, whose name is ${SINK_NAME_FORM}`,
    );
  }
  const url = /[\s\p{C}\\]/u.test(text) ? null : URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw urlProblem(
      'must be an http or https address such as https://shop.example/webhooks, or /sinks/{name}',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw urlProblem(
      'must not hold a user name or a password, which would be shown to everybody who lists endpoints; tell your requests by their signature',
    );
  }
  if (text.includes('#')) throw urlProblem('must not have a fragment (#…), which is never sent');
  const refusal = await webhooks.refusalOf(text);
  if (refusal !== null) {
    throw new Problem('webhook_address_refused', `/url: ${refusal}.`, {
      errors: [{ pointer: '/url', code: 'webhook_address_refused', detail: refusal }],
    });
  }
  return text;
}

function urlProblem(detail: string): Problem {
  return new Problem('validation_failed', `/url: ${detail}.`, {
    errors: [{ pointer: '/url', code: 'wrong_format', detail }],
  });
}

/** What a body changes in an endpoint, but for its address. */
export function endpointChanges(
  body: EndpointPatchBody,
  before: Pick<Endpoint, 'faults' | 'disabledReason'>,
): Partial<Endpoint> {
  const { events, description, payload, ordering, enabled, faults } = body;
  return {
    ...(events === undefined ? {} : { events: [...new Set(events)] }),
    ...(description === undefined
      ? {}
      : { description: description === null ? null : maskCardNumbers(description) }),
    ...(payload === undefined ? {} : { payload }),
    ...(ordering === undefined ? {} : { ordering }),
    ...(enabled === undefined ? {} : pausing(enabled, before)),
    ...(faults === undefined ? {} : { faults: mergedFaults(before.faults, faults) }),
  };
}

/** That the environment names an endpoint no more stays known. */
function pausing(isEnabled: boolean, { disabledReason }: Pick<Endpoint, 'disabledReason'>) {
  return { isEnabled, disabledReason: disabledReason === 'unset' ? disabledReason : null };
}

/** A fault that is named is as it says from now on; one that is null is gone; the others stay. */
function mergedFaults(before: EndpointFaults, asked: FaultsBody | null): EndpointFaults {
  if (asked === null) return {};
  let faults = before;
  for (const kind of FAULT_KINDS) {
    const rule = asked[kind];
    if (rule === undefined) continue;
    const { [kind]: _before, ...others } = faults;
    if (rule === null) {
      faults = others;
      continue;
    }
    const { rate = 0, next = 0, delay_ms: delayMs = FAULT_DELAY_MS_DEFAULT } = rule;
    faults = { ...others, [kind]: { rate, next, delayMs: isLateKind(kind) ? delayMs : 0 } };
  }
  return faults;
}
