/** Exit codes, and the errors that lead to them. */

export const EXIT = {
  ok: 0,
  /** The command ran and the answer is no: a refusal, a failed check. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The server or the database cannot be reached, or the server answered 5xx. */
  unreachable: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with this code and this message on stderr, never with a stack. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Everything that is wrong with the configuration, a line for each fault. */
export class FaultsError extends CliError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(EXIT.usage, faults.join('\n'));
    this.faults = faults;
  }
}

/** An answer of the server that refuses: with --json, `body` is what goes to stdout. */
export class ProblemError extends CliError {
  readonly status: number;
  /** The problem document (RFC 9457), byte for byte as it came. */
  readonly body: string;
  /** The problem's `code`; stays the same where wording changes. */
  readonly code: string;
  /** How long the server asks to wait; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    problem: Pick<ProblemError, 'status' | 'body' | 'code' | 'retryAfterMs'>,
    message: string,
  ) {
    super(problem.status >= 500 ? EXIT.unreachable : EXIT.failed, message);
    this.status = problem.status;
    this.body = problem.body;
    this.code = problem.code;
    this.retryAfterMs = problem.retryAfterMs;
  }
}
