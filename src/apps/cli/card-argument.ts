/**
 * The card on a command line: its number, the name of a test card, or `-` for a number on standard input, which no
 * shell remembers and no list of processes shows. The number goes into the request and nowhere else: nothing that is
 * said about it repeats it.
 */
import process from 'node:process';
import { PAN_DIGITS_MAX, PAN_DIGITS_MIN } from '../../core/card.ts';
import { nearest } from '../../core/nearest.ts';
import { TEST_CARDS, testCardNamed } from '../../core/test-cards.ts';
import { CliError, EXIT } from './exit.ts';
import { ask, canAsk } from './question.ts';

/** Longer lines are no card number. */
const LINE_CHARACTERS_MAX = 64;

const DIGITS = `${PAN_DIGITS_MIN} to ${PAN_DIGITS_MAX} digits`;

/** The digits of the card's number. */
export async function cardNumber(argument: string): Promise<string> {
  if (argument === '-') return numberFrom(canAsk() ? await askedLine() : await pipedLine());
  const known = testCardNamed(argument.toLowerCase().replaceAll('-', '_'));
  if (known !== null) return known.number;
  if (/^[a-z]/i.test(argument)) throw unknownName(argument);
  return numberFrom(argument);
}

/** Spaces and hyphens may stand between the digits, as they do on a card. */
function numberFrom(text: string): string {
  const digits = text.trim().replaceAll(/(?<=\d)[ -](?=\d)/g, '');
  if (/^\d+$/.test(digits) && digits.length >= PAN_DIGITS_MIN && digits.length <= PAN_DIGITS_MAX) {
    return digits;
  }
  throw new CliError(
    EXIT.usage,
    `a card is ${DIGITS}, the name of a test card such as insufficient_funds, or - to read the number from standard input`,
  );
}

async function askedLine(): Promise<string> {
  const line = await ask('Card number (not shown): ', { isHidden: true });
  if (line === null) throw new CliError(EXIT.failed, 'no card number was typed; nothing was sent');
  return line;
}

/** The first line of standard input; to read on would wait for somebody who has no more to say. */
async function pipedLine(): Promise<string> {
  let read = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    read += String(chunk);
    if (read.includes('\n') || read.length > LINE_CHARACTERS_MAX) break;
  }
  return read.split('\n', 1)[0] ?? '';
}

function unknownName(name: string): CliError {
  const meant = nearest(
    name,
    TEST_CARDS.map((card) => card.name),
  );
  const advice =
    meant === null
      ? `The test cards are ${TEST_CARDS.map((card) => card.name).join(', ')}.`
      : `Did you mean ${meant}?`;
  return new CliError(EXIT.usage, `there is no test card of that name\n${advice}`);
}
