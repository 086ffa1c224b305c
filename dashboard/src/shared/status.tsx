/** The status of a payment: always an icon and a word, never a color alone. */
import type { Payment, PaymentStatus } from '@farthing/sdk';
import {
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Undo2,
} from 'lucide-react';

export const STATUSES = [
  'CREATED',
  'PROCESSING',
  'AUTHORIZED',
  'SUCCESS',
  'FAILED',
  'CANCELED',
  'REFUNDED',
] as const satisfies readonly PaymentStatus[];

export const STATUS_LOOKS: Readonly<
  Record<PaymentStatus, { word: string; color: string; Icon: LucideIcon }>
> = {
  CREATED: { word: 'Created', color: 'text-soft', Icon: CircleDashed },
  PROCESSING: { word: 'Processing', color: 'text-busy', Icon: LoaderCircle },
  AUTHORIZED: { word: 'Authorized', color: 'text-hold', Icon: Hourglass },
  SUCCESS: { word: 'Success', color: 'text-good', Icon: CircleCheck },
  FAILED: { word: 'Failed', color: 'text-bad', Icon: CircleX },
  CANCELED: { word: 'Canceled', color: 'text-soft', Icon: CircleSlash },
  REFUNDED: { word: 'Refunded', color: 'text-back', Icon: Undo2 },
};

export function Status({ status }: { status: PaymentStatus }) {
  const { word, color, Icon } = STATUS_LOOKS[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${color}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
}

/** «INSUFFICIENT_FUNDS» as people say it. */
export function reasonWords(reason: string): string {
  const words = reason.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** By what it is paid: what is kept of the card, or an account. */
export function methodWords({ card }: Pick<Payment, 'card'>): string {
  return card === null ? 'Account' : `${reasonWords(card.brand)} ··${card.last4}`;
}

/** Ids share their beginning, which is their time; their end tells them apart. */
export function shortId(id: string): string {
  return id.slice(-8);
}
