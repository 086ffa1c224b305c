/** A card authorization for people: what was decided, and from what. */
import { printable, printFields, styled } from './output.ts';
import type { WireAuthorization } from './wire.ts';

export function printAuthorization(authorization: WireAuthorization): void {
  const { transactionId, status, score, level, rule, latencyMs } = authorization;
  printFields([
    ['Transaction', printable(transactionId)],
    ['Status', styled(status === 'Approved' ? 'green' : 'red', printable(status))],
    ['Reason', reasonText(authorization)],
    ['Rule', printable(rule)],
    ['Score', `${score} (${printable(level)})`],
    ...numbers('Made of', authorization.contributions),
    ...numbers('Features', authorization.features),
    ...texts('Flags', authorization.flags),
    ...texts('Shadow', authorization.shadow),
    ['Decided in', `${latencyMs} ms`],
  ]);
}

function reasonText({ failureReason, decisionReason }: WireAuthorization): string | null {
  const parts = [failureReason, decisionReason].filter((part) => part !== null);
  return parts.length === 0 ? null : printable(parts.join(': '));
}

type Field = readonly [name: string, value: string];

function numbers(title: string, named: Readonly<Record<string, number>>): Field[] {
  const names = Object.keys(named).map(printable);
  const width = Math.max(0, ...names.map((name) => name.length));
  return texts(
    title,
    Object.entries(named).map(([name, value]) => `${name.padEnd(width)}  ${value}`),
  );
}

/** One below the other, the title beside the first. */
function texts(title: string, values: readonly string[]): Field[] {
  return values.map((value, index) => [index === 0 ? title : '', printable(value)]);
}
