/** Why an event happened, read from its `cause`: what it holds depends on the command, and may grow. */
import type { FarthingEvent } from '@farthing/sdk';

type Json = Readonly<Record<string, unknown>>;

export interface ReadCause {
  readonly command: string;
  /** The rule that settled it. */
  readonly rule: string | null;
  readonly outcome: string | null;
  /** What was drawn, by the rule that asked for it. */
  readonly draws: Readonly<Record<string, number>>;
  readonly risk: ReadRisk | null;
}

export interface ReadRisk {
  readonly score: number;
  readonly level: string;
  /** Four decimals each; they sum to the score. */
  readonly contributions: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, number>>;
  readonly reasons: readonly string[];
}

export function causeOf(event: FarthingEvent): ReadCause {
  const cause = record(event.cause);
  const verdict = record(cause['verdict']);
  return {
    command: text(cause['command']) ?? 'unknown',
    rule: text(verdict['rule']),
    outcome: text(verdict['outcome']),
    draws: numbers(verdict['draws']),
    risk: riskIn(record(cause['risk'])),
  };
}

function riskIn(risk: Json): ReadRisk | null {
  const { score, reasons } = risk;
  if (typeof score !== 'number') return null;
  return {
    score,
    level: text(risk['level']) ?? 'normal',
    contributions: numbers(risk['contributions']),
    features: numbers(risk['features']),
    reasons: Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [],
  };
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numbers(value: unknown): Readonly<Record<string, number>> {
  const entries = Object.entries(record(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
