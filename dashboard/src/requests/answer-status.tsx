/** The status of an answer: its number, and an icon that says the same as its color. Null: it was lost on purpose. */
import { CircleCheck, CircleDashed, CircleSlash, CircleX } from 'lucide-react';

const LOOKS = {
  good: { color: 'text-good', Icon: CircleCheck },
  refused: { color: 'text-hold', Icon: CircleSlash },
  failed: { color: 'text-bad', Icon: CircleX },
  lost: { color: 'text-soft', Icon: CircleDashed },
} as const;

export function AnswerStatus({ status }: { status: number | null }) {
  const { color, Icon } = LOOKS[lookOf(status)];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${color}`}>
      <Icon size={15} aria-hidden />
      {status ?? 'none'}
    </span>
  );
}

function lookOf(status: number | null): keyof typeof LOOKS {
  if (status === null) return 'lost';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'good';
}
