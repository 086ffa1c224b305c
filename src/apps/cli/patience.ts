/** Going on after a failure that another try can mend: which those are, and how long to wait. */
import { CliError, EXIT, ProblemError } from './exit.ts';

const BACK_OFF_MS_MAX = 5_000;

/** No answer, a 5xx, or a server that asks for patience; a refusal stays one. */
export function isPassing(error: unknown): error is CliError {
  if (error instanceof ProblemError && [408, 429].includes(error.status)) return true;
  return error instanceof CliError && error.exitCode === EXIT.unreachable;
}

/** Twice as long each time, up to a tenth more or less, so that many do not come back at once. */
export function backOffMs(firstMs: number, failures: number, error: CliError): number {
  const asked = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
  const grown = Math.min(firstMs * 2 ** failures, BACK_OFF_MS_MAX);
  return Math.max(asked, grown * (0.9 + Math.random() * 0.2));
}

/** What went wrong without the advice below it. */
export function firstLine({ message }: CliError): string {
  return message.split('\n', 1)[0] ?? message;
}
