/** What a file is filled with: the n-th payment of each kind. */
import { authorizeCommand } from '../src/adapters/http/payment-request.ts';
import { keyedHasher } from '../src/adapters/system/secret-key.ts';
import type { Command } from '../src/core/commands.ts';
import { currencyOf } from '../src/core/currencies.ts';
import { recipient } from './bodies.ts';
import { amountText, authorizationBody, CARD_KEY } from './cards.ts';

/** A payment from an account. */
export function paymentCommand(index: number): Command {
  return {
    type: 'create_payment',
    amountMinor: 25_000n,
    currency: currencyOf('USD'),
    recipient: recipient(index),
    reference: null,
    description: 'Invoice #1042',
    channel: null,
    deviceId: null,
    ip: null,
    card: null,
    modelScore: null,
    metadata: {},
    scenario: null,
  };
}

const keyedHash = keyedHasher(Buffer.from(CARD_KEY, 'hex'));

/** The same authorization as the HTTP edge would hand it to the engine. */
export function authorizationCommand(index: number, cards: number): Command {
  const body = JSON.parse(authorizationBody(index, cards)) as Parameters<
    typeof authorizeCommand
  >[0];
  const numbers = new Map([['/amount', amountText(index)]]);
  return authorizeCommand(body, numbers, { keyedHash, luhn: 'signal', nowMs: 0 }).command;
}
