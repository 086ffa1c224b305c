/** What the form of the card lab holds. The number stays in its field: whatever else is shown has it masked. */
import type { CardRequest } from '@farthing/sdk';
import { textIn } from '../shared/form-text.ts';

export const SAMPLE = {
  card_number: '4000001234567890',
  amount: 150.75,
  currency: 'GBP',
  merchant: 'Coffee Shop',
  channel: 'ecommerce',
} as const satisfies CardRequest;

export function requestIn(form: FormData): CardRequest {
  const text = (name: string) => textIn(form, name);
  const device = text('device_id');
  return {
    card_number: text('card_number').replaceAll(/[ -]/g, ''),
    amount: Number(text('amount')),
    currency: text('currency'),
    merchant: text('merchant'),
    channel: text('channel'),
    ...(device === '' ? {} : { device_id: device }),
  };
}

/** Safe to be shown: of the number only the last four digits. */
export function masked(request: CardRequest): CardRequest {
  const { card_number: number } = request;
  const last4 = number.length < 12 ? '' : number.slice(-4);
  return { ...request, card_number: last4.padStart(number.length, '*') };
}
