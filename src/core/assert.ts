/**
 * Assertions stay on in production: a broken invariant in a payment engine must stop the command that
 * found it, before anything reaches the disk. An assertion is for bugs only; every refusal that a client can
 * cause is a value (see rejections.ts).
 */

/** Throws when `condition` is false. `message` says what must hold, not what went wrong. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Ends a switch over a union: does not compile while a case is missing, throws if a value got past the types. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected value ${JSON.stringify(value)}`);
}
