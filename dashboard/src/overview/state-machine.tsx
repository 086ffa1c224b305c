/**
 * The states a payment can be in, drawn as the way it goes through them, each with the number of those in it now.
 * A state is a link to its payments. Where there is no room for a drawing it is a list.
 */
import type { PaymentStatus, Summary } from '@farthing/sdk';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../shared/money.tsx';
import { Status, STATUS_LOOKS, STATUSES } from '../shared/status.tsx';

/** The middle of each box in a drawing of 760 by 210. */
const PLACES: Readonly<Record<PaymentStatus, readonly [x: number, y: number]>> = {
  CREATED: [76, 60],
  PROCESSING: [256, 60],
  AUTHORIZED: [456, 105],
  SUCCESS: [606, 32],
  FAILED: [256, 172],
  CANCELED: [606, 172],
  REFUNDED: [606, 102],
};

const WIDTH = 116;
const HEIGHT = 46;

/** Where each arrow goes, as a path; its name is said in the middle. */
const ARROWS: readonly {
  readonly path: string;
  readonly name?: readonly [string, number, number];
}[] = [
  { path: 'M134 60 H196' },
  { path: 'M314 48 C400 32 450 28 546 30', name: ['approve', 400, 28] },
  { path: 'M314 70 C350 80 370 92 396 100', name: ['authorize', 340, 104] },
  { path: 'M244 83 V147', name: ['decline', 216, 118] },
  { path: 'M268 149 V85', name: ['retry', 286, 118] },
  { path: 'M500 82 C520 62 530 52 548 44', name: ['capture', 496, 62] },
  { path: 'M500 128 C520 146 530 158 546 166', name: ['cancel', 506, 162] },
  { path: 'M606 55 V77', name: ['refund', 632, 70] },
];

export function StateMachine({ summary }: { summary: Summary }) {
  const counts = countsOf(summary);
  return (
    <>
      <ul className="grid grid-cols-1 min-[24rem]:grid-cols-2 md:hidden">
        {STATUSES.map((status) => (
          <li key={status}>
            <Link
              to="/payments"
              search={{ status }}
              className="flex justify-between gap-2 px-3 py-2 hover:bg-sunken"
            >
              <Status status={status} />
              <span className="font-semibold">{formatCount(counts[status])}</span>
            </Link>
          </li>
        ))}
      </ul>
      <Drawing counts={counts} />
    </>
  );
}

function Drawing({ counts }: { counts: Readonly<Record<PaymentStatus, number>> }) {
  return (
    <div className="relative mx-auto hidden aspect-[690/210] w-full max-w-[58rem] md:block">
      <svg viewBox="0 0 690 210" className="absolute inset-0 size-full" aria-hidden>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 L8 4 L0 8 Z" className="fill-line-strong" />
          </marker>
        </defs>
        {ARROWS.map(({ path, name }) => (
          <g key={path}>
            <path
              d={path}
              className="fill-none stroke-line-strong"
              strokeWidth="1.5"
              markerEnd="url(#arrow)"
            />
            {name !== undefined && (
              <text x={name[1]} y={name[2]} textAnchor="middle" className="fill-soft text-[11px]">
                {name[0]}
              </text>
            )}
          </g>
        ))}
      </svg>
      <ul>
        {STATUSES.map((status) => (
          <StateBox key={status} status={status} count={counts[status]} />
        ))}
      </ul>
    </div>
  );
}

function StateBox({ status, count }: { status: PaymentStatus; count: number }) {
  const [x, y] = PLACES[status];
  const { word, color, Icon } = STATUS_LOOKS[status];
  return (
    <li
      className="absolute"
      style={{
        left: `${((x - WIDTH / 2) / 690) * 100}%`,
        top: `${((y - HEIGHT / 2) / 210) * 100}%`,
        width: `${(WIDTH / 690) * 100}%`,
        height: `${(HEIGHT / 210) * 100}%`,
      }}
    >
      <Link
        to="/payments"
        search={{ status }}
        className="flex size-full flex-col items-center justify-center rounded-md border border-line-strong bg-panel leading-tight hover:bg-sunken"
      >
        <span className={`flex items-center gap-1 text-xs font-medium ${color}`}>
          <Icon size={13} aria-hidden />
          {word}
        </span>
        <span className="font-semibold">{formatCount(count)}</span>
      </Link>
    </li>
  );
}

function countsOf(summary: Summary): Readonly<Record<PaymentStatus, number>> {
  return {
    CREATED: summary.created,
    PROCESSING: summary.processing,
    AUTHORIZED: summary.authorized,
    SUCCESS: summary.success,
    FAILED: summary.failed,
    CANCELED: summary.canceled,
    REFUNDED: summary.refunded,
  };
}
