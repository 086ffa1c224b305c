/** What is wrong with a rules document, and where: collected, so that one answer tells it all. */
import { FAULTS_MAX } from './limits.ts';

export interface RuleFault {
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  readonly code: RuleFaultCode;
  /** What was expected and what to do. Never the offending value: it could be a card number. */
  readonly detail: string;
}

export type RuleFaultCode =
  | 'missing_field'
  | 'unknown_field'
  | 'wrong_type'
  | 'wrong_format'
  | 'not_one_of'
  | 'out_of_range'
  | 'too_long'
  | 'too_many'
  | 'contradiction'
  | 'duplicate_name'
  | 'required_rule'
  | 'card_number'
  | 'syntax_error'
  | 'unknown_fact';

/** Keeps the first `FAULTS_MAX`. */
export class Faults {
  private readonly kept: RuleFault[] = [];

  get all(): readonly RuleFault[] {
    return this.kept;
  }

  /** Answers null, so that whoever finds a fault can return it in place of a value. */
  add(pointer: string, code: RuleFaultCode, detail: string): null {
    if (this.kept.length < FAULTS_MAX) this.kept.push({ pointer, code, detail });
    return null;
  }
}
