/** A payment to begin with, made by one button; the same as a command. */
import type { PaymentRequest } from '@farthing/sdk';

export const FIRST_PAYMENT: PaymentRequest = {
  amount: 250,
  currency: 'USD',
  recipient: 'alice@example.com',
  description: 'Invoice #1042',
};
