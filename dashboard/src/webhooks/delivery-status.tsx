/** What became of a delivery: an icon and a word. */
import type { WebhookDeliveryStatus } from '@farthing/sdk';
import { CircleCheck, CircleDashed, CircleX, type LucideIcon, TriangleAlert } from 'lucide-react';

const LOOKS: Readonly<
  Record<WebhookDeliveryStatus, { word: string; color: string; Icon: LucideIcon }>
> = {
  pending: { word: 'Pending', color: 'text-busy', Icon: CircleDashed },
  delivered: { word: 'Delivered', color: 'text-good', Icon: CircleCheck },
  failing: { word: 'Failing', color: 'text-hold', Icon: TriangleAlert },
  dead: { word: 'Dead', color: 'text-bad', Icon: CircleX },
};

export function DeliveryStatus({ status }: { status: WebhookDeliveryStatus }) {
  const { word, color, Icon } = LOOKS[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${color}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
}
