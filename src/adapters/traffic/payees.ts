/** Who is paid by bank account: people and small firms, at addresses that nobody has (RFC 2606). */
import type { Chance } from './chance.ts';

const FIRST_NAMES =
  'alice bob carol dave erin frank grace heidi ivan judy ken laura mia noor'.split(' ');
const LAST_NAMES =
  'adams baker chen diaz evans fischer garcia hansen ito jones kaya lind moreau'.split(' ');

export function payeeAddress(chance: Chance): string {
  return `${chance.oneOf(FIRST_NAMES)}.${chance.oneOf(LAST_NAMES)}@example.com`;
}
