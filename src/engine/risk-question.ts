/** What an outside risk model is asked about a command, and where its answer goes. */
import type { Card } from '../core/card.ts';
import type { Command } from '../core/commands.ts';
import { formatAmount } from '../core/money.ts';
import type { Payment } from '../core/payment.ts';
import type { RiskQuestion, Store } from './ports.ts';

/** Null for commands that bring no card. A retry with another card asks about the payment as it is, with that card. */
export async function questionFor(
  store: Pick<Store, 'findPayment'>,
  command: Command,
): Promise<RiskQuestion | null> {
  if (!('modelScore' in command) || command.card === null) return null;
  if (command.type !== 'retry_payment') return questionAbout(command, command.card);
  const payment = await store.findPayment(command.paymentId);
  return payment === null ? null : questionAbout(payment, command.card.card);
}

type Asked = Pick<
  Payment,
  'amountMinor' | 'currency' | 'recipient' | 'channel' | 'deviceId' | 'ip'
>;

function questionAbout(asked: Asked, card: Card): RiskQuestion {
  return {
    amount: formatAmount(asked.amountMinor, asked.currency.minorDigits),
    currency: asked.currency.code,
    merchant: asked.recipient,
    channel: asked.channel,
    device_id: asked.deviceId,
    ip: asked.ip,
    card: {
      brand: card.brand,
      bin: card.bin,
      last4: card.last4,
      fingerprint: card.fingerprint,
      luhn_valid: card.isLuhnValid,
    },
  };
}

export function withModelScore(command: Command, modelScore: number | null): Command {
  return 'modelScore' in command ? { ...command, modelScore } : command;
}
