/**
 * An outside risk model over HTTP: one POST a card payment, JSON both ways, before the payment is decided. Whatever goes
 * wrong (no answer in time, a status, a body that is no score) gives null, and the built-in score is used.
 *
 *     POST <url>  {"amount": "150.75", "currency": "GBP", "merchant": …, "card": {"brand": …, "bin": …, …}, …}
 *     200         {"score": 0.12}
 */
import type { RiskModel } from '../../engine/ports.ts';

/** A score is a few bytes; whatever is longer is something else. */
const ANSWER_CHARACTERS_MAX = 4_096;

export interface RiskModelOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Hears why there was no score; never of what was asked. */
  readonly onFailure: (error: unknown) => void;
}

export function httpRiskModel({ url, timeoutMs, onFailure }: RiskModelOptions): RiskModel {
  return {
    async score(question) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify(question),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        if (response.status !== 200) throw new Error(`the model answered ${response.status}`);
        return scoreIn(text);
      } catch (error) {
        onFailure(error);
        return null;
      }
    },
  };
}

function scoreIn(text: string): number {
  const answer: unknown = text.length > ANSWER_CHARACTERS_MAX ? null : JSON.parse(text);
  const score =
    typeof answer === 'object' && answer !== null && 'score' in answer ? answer.score : null;
  if (typeof score === 'number' && score >= 0 && score <= 1) return score;
  throw new Error('the model must answer {"score": <a number from 0 to 1>}');
}
