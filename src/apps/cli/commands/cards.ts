/** `farthing cards`: the card numbers and amounts that ask for an outcome. They are the same on every server. */
import type { Command } from 'commander';
import { testCardsWire } from '../../../adapters/http/test-card-wire.ts';
import { note, printLine, printTable, type Style } from '../output.ts';
import type { GlobalOptions } from '../session.ts';

export function defineCards(command: Command): void {
  command
    .description(
      'The card numbers that ask for an outcome, and the ends of amounts that do with AMOUNT_TAILS=on. ' +
        'It needs no server.',
    )
    .addHelpText(
      'after',
      `
Examples:
  farthing cards
  farthing cards --json | jq -r '.cards[] | select(.outcome == "LOST_CARD").number'`,
    )
    .action((_options: unknown, self: Command) => {
      show(self.optsWithGlobals<GlobalOptions>().json === true);
    });
}

function show(isJson: boolean): void {
  const { cards, amount_tails: tails, reasons } = testCardsWire();
  if (isJson) {
    printLine(JSON.stringify({ cards, amount_tails: tails, reasons }));
    return;
  }
  printTable(
    [
      { title: 'NUMBER' },
      { title: 'NAME' },
      { title: 'OUTCOME' },
      { title: 'WHAT HAPPENS', isCut: true },
    ],
    cards.map(({ number, name, outcome, description }) => [
      { text: number },
      { text: name },
      { text: outcome, style: styleOf(outcome) },
      { text: description },
    ]),
  );
  note(
    `With AMOUNT_TAILS=on also: ${tails.map(({ tail, outcome }) => `x.${tail} ${outcome}`).join(', ')}`,
  );
}

function styleOf(outcome: string): Style {
  return outcome === 'APPROVE' ? 'green' : 'red';
}
