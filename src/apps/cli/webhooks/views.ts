/** Endpoints and deliveries, for people. */
import {
  isTerminal,
  printable,
  printFields,
  printLine,
  printTable,
  type Style,
  styled,
} from '../output.ts';
import { age, count } from '../wording.ts';
import type {
  WireAttempt,
  WireDelivery,
  WireDeliveryInFull,
  WireEndpoint,
  WireFault,
} from './wire.ts';

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  pending: 'cyan',
  delivered: 'green',
  failing: 'yellow',
  dead: 'red',
};

const STATE_STYLES: Readonly<Record<string, Style>> = { enabled: 'green', paused: 'yellow' };

/** What is shown of a receiver's answer. */
const ANSWER_CHARACTERS_MAX = 200;

export function printEndpoints(endpoints: readonly WireEndpoint[]): void {
  printTable(
    [
      { title: 'ENDPOINT' },
      { title: 'STATE' },
      { title: 'EVENTS' },
      { title: 'DELIVERED', align: 'right' },
      { title: 'WAITING', align: 'right' },
      { title: 'DEAD', align: 'right' },
      { title: 'URL', isCut: true },
    ],
    endpoints.map((endpoint) => [
      { text: printable(endpoint.id) },
      cell(stateOf(endpoint), STATE_STYLES[stateOf(endpoint)] ?? 'red'),
      { text: eventsText(endpoint.events) },
      { text: String(endpoint.deliveries['delivered'] ?? 0) },
      { text: String(waiting(endpoint)) },
      { text: String(endpoint.deliveries['dead'] ?? 0) },
      { text: printable(endpoint.url) },
    ]),
  );
}

export function printEndpoint(endpoint: WireEndpoint, secret: string | null): void {
  const { deliveries, faults } = endpoint;
  printFields([
    ['Endpoint', printable(endpoint.id)],
    ['URL', printable(endpoint.url)],
    ['State', styled(STATE_STYLES[stateOf(endpoint)] ?? 'red', stateOf(endpoint))],
    ['Events', printable(endpoint.events.join(', '))],
    ['Description', endpoint.description === null ? null : printable(endpoint.description)],
    ['Payload', printable(endpoint.payload)],
    ['Ordering', printable(endpoint.ordering)],
    ['From', endpoint.isFromEnvironment ? 'WEBHOOK_URL' : null],
    ...faults.map((fault, index) => [index === 0 ? 'Faults' : '', faultText(fault)] as const),
    [
      'Deliveries',
      Object.entries(deliveries)
        .map(([name, many]) => `${many} ${name}`)
        .join(', '),
    ],
    ['Created', endpoint.createdAt],
    [
      'Rotating',
      endpoint.previousSecretExpiresAt === null
        ? null
        : `the secret before signs too until ${endpoint.previousSecretExpiresAt}`,
    ],
    ['Secret', secret],
  ]);
}

function faultText({ kind, rate, next, delayMs }: WireFault): string {
  const parts = [
    ...(next > 0 ? [`the next ${next}`] : []),
    ...(rate > 0 ? [`at ${rate}`] : []),
    ...(delayMs === null ? [] : [`by ${delayMs} ms`]),
  ];
  return printable(`${kind} ${parts.join(', ')}`.trimEnd());
}

/** Ages in a terminal, exact times in a pipe. */
export function printDeliveries(deliveries: readonly WireDelivery[], nowMs: number): void {
  const time = (text: string) => (isTerminal() ? age(text, nowMs) : text);
  printTable(
    [
      { title: 'DELIVERY' },
      { title: 'TYPE' },
      { title: 'STATUS' },
      { title: 'ATTEMPTS', align: 'right' },
      { title: 'CREATED' },
      { title: 'NEXT' },
      { title: 'ENDPOINT' },
      { title: 'EVENT', isCut: true },
    ],
    deliveries.map((delivery) => [
      { text: printable(delivery.id) },
      { text: printable(delivery.eventType) },
      cell(printable(delivery.status), STATUS_STYLES[delivery.status]),
      { text: String(delivery.attemptCount) },
      { text: time(delivery.createdAt) },
      { text: delivery.nextAttemptAt ?? '' },
      { text: printable(delivery.endpointId) },
      { text: printable(delivery.eventId) },
    ]),
  );
}

export function printDelivery(delivery: WireDeliveryInFull): void {
  printFields([
    ['Delivery', printable(delivery.id)],
    ['Status', styled(STATUS_STYLES[delivery.status], printable(delivery.status))],
    ['Event', printable(`${delivery.eventType}  ${delivery.eventId}`)],
    ['Payment', delivery.paymentId === null ? null : printable(delivery.paymentId)],
    ['Endpoint', printable(delivery.endpointId)],
    ['Created', delivery.createdAt],
    ['Next', delivery.nextAttemptAt],
    ...delivery.attempts.map(
      (attempt, index) => [index === 0 ? 'Attempts' : '', attemptText(attempt)] as const,
    ),
  ]);
  const body = delivery.attempts.at(-1)?.responseBody ?? '';
  if (body !== '') printLine(`\n${printable(body.slice(0, ANSWER_CHARACTERS_MAX))}`);
}

/** One line: what became of a delivery that was sent again. */
export function resentLine(delivery: WireDeliveryInFull, wasTried: boolean): string {
  const last = delivery.attempts.at(-1);
  const came = wasTried && last !== undefined ? attemptText(last) : 'not tried yet';
  return [
    printable(delivery.id),
    printable(delivery.endpointId),
    styled(STATUS_STYLES[delivery.status], printable(delivery.status)),
    came,
  ].join('  ');
}

/** `2026-02-26T10:00:05.000Z  200 [12 ms]`, or what went wrong. */
function attemptText(attempt: WireAttempt): string {
  const { at, durationMs, statusCode, error, deliberate } = attempt;
  const status = statusCode === null ? '' : String(statusCode);
  const said = [status, error ?? ''].filter((part) => part !== '').join(' ');
  const faults = deliberate.length === 0 ? '' : `  (${deliberate.join(', ')})`;
  return printable(`${at}  ${said} [${Math.round(durationMs)} ms]${faults}`);
}

function stateOf({ isEnabled, disabledReason }: WireEndpoint): string {
  return isEnabled ? 'enabled' : printable(disabledReason ?? 'paused');
}

/** All of them would make the widest column of the table. */
function eventsText(events: readonly string[]): string {
  const [first = '', ...others] = events;
  return printable(others.length === 0 ? first : `${first} and ${count(others.length, 'other')}`);
}

function waiting({ deliveries }: WireEndpoint): number {
  return (deliveries['pending'] ?? 0) + (deliveries['failing'] ?? 0);
}

function cell(text: string, style: Style | undefined) {
  return style === undefined ? { text } : { text, style };
}
