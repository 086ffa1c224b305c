/** The list as a table that scrolls by itself; of a long one only the rows in sight are drawn. */
import type { Payment } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { type RefObject, type UIEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { formatCount } from '../shared/money.tsx';
import { useKey } from '../shell/keys.ts';
import { PaymentRow } from './payment-row.tsx';

/** Shorter lists are drawn whole: then the browser finds text in all of it. */
const VIRTUAL_FROM = 200;
const ROW_PX = 37;
const OVERSCAN = 12;

interface PaymentTableProps {
  readonly rows: readonly Payment[];
  readonly openId: string | null;
  /** How many new ones are not shown, in words; null when all are. */
  readonly waiting: string | null;
  readonly onShowWaiting: () => void;
  /** True while somebody reads, so that nothing may move. */
  readonly onHeldChange: (isHeld: boolean) => void;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly onLoadOlder: () => void;
}

export function PaymentTable(props: PaymentTableProps) {
  const { rows, openId, waiting, onShowWaiting, onHeldChange } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [isScrolled, setIsScrolled] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const { visible, above, below, scrollTo } = useVisibleRows(rows, scroller);
  useRowKeys({ rows, openId, scroller, scrollTo });
  useEffect(() => onHeldChange(isScrolled || isFocused), [isScrolled, isFocused, onHeldChange]);
  const showWaiting = () => {
    onShowWaiting();
    scroller.current?.scrollTo({ top: 0 });
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {waiting !== null && (
        <Button
          look="primary"
          className="absolute top-10 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-md"
          onClick={showWaiting}
        >
          <ArrowUp size={14} aria-hidden />
          {waiting} new
        </Button>
      )}
      <div
        ref={scroller}
        data-testid="payment-list"
        tabIndex={-1}
        onScroll={({ currentTarget }: UIEvent<HTMLDivElement>) =>
          setIsScrolled(currentTarget.scrollTop > ROW_PX)
        }
        onFocus={() => setIsFocused(true)}
        onBlur={() => setIsFocused(false)}
        className="max-h-[75dvh] min-h-0 overflow-auto rounded-lg border border-line bg-panel lg:max-h-none lg:flex-1"
      >
        <table
          aria-label="Payments"
          aria-rowcount={rows.length + 1}
          className="w-full border-separate border-spacing-0"
        >
          <TableHead />
          <tbody>
            <Spacer height={above} />
            {visible.map((index) => {
              const payment = rows[index];
              return (
                payment !== undefined && (
                  <PaymentRow
                    key={payment.payment_id}
                    payment={payment}
                    rowIndex={index + 2}
                    isOpen={payment.payment_id === openId}
                  />
                )
              );
            })}
            <Spacer height={below} />
          </tbody>
        </table>
        <Footer {...props} />
      </div>
    </div>
  );
}

function TableHead() {
  const cell = 'sticky top-0 z-10 border-b border-line bg-panel px-3 py-1.5 font-normal text-soft';
  return (
    <thead>
      <tr aria-rowindex={1} className="text-left">
        <th className={`${cell} hidden sm:table-cell`}>Time</th>
        <th className={cell}>Payment</th>
        <th className={`${cell} text-right`}>Amount</th>
        <th className={cell}>Status</th>
        <th className={`${cell} hidden xl:table-cell`}>Reason</th>
        <th className={`${cell} hidden md:table-cell`}>Recipient</th>
        <th className={`${cell} hidden lg:table-cell`}>Paid by</th>
        <th className={`${cell} hidden text-right xl:table-cell`}>Risk</th>
      </tr>
    </thead>
  );
}

/** Stands for the rows that are not drawn. */
function Spacer({ height }: { height: number }) {
  if (height === 0) return null;
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}

function Footer({ rows, hasOlder, isLoadingOlder, onLoadOlder }: PaymentTableProps) {
  return (
    <div className="sticky left-0 flex items-center justify-center gap-3 p-3 text-soft">
      {hasOlder ? (
        <Button isBlocked={isLoadingOlder} onClick={onLoadOlder}>
          Load older
        </Button>
      ) : (
        `All ${formatCount(rows.length)} payments are shown`
      )}
    </div>
  );
}

function useVisibleRows(rows: readonly Payment[], scroller: RefObject<HTMLDivElement | null>) {
  const isVirtual = rows.length > VIRTUAL_FROM;
  const virtual = useVirtualizer({
    count: rows.length,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  if (!isVirtual) {
    return { visible: [...rows.keys()], above: 0, below: 0, scrollTo: () => {} };
  }
  const items = virtual.getVirtualItems();
  return {
    visible: items.map(({ index }) => index),
    above: items[0]?.start ?? 0,
    below: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
    scrollTo: (index: number) => virtual.scrollToIndex(index),
  };
}

interface RowKeys {
  readonly rows: readonly Payment[];
  readonly openId: string | null;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly scrollTo: (index: number) => void;
}

/** `j` and `k` move the focus from row to row, or what is open when something is. */
function useRowKeys({ rows, openId, scroller, scrollTo }: RowKeys): void {
  const navigate = useNavigate();
  const move = (step: 1 | -1) => {
    const focused = document.activeElement?.getAttribute('data-payment') ?? null;
    const at = rows.findIndex(({ payment_id: id }) => id === (openId ?? focused));
    const index = Math.min(Math.max(at + step, 0), rows.length - 1);
    const id = rows[index]?.payment_id;
    if (id === undefined) return;
    if (openId !== null) {
      void navigate({ to: '/payments', search: (search) => ({ ...search, open: id }) });
      return;
    }
    scrollTo(index);
    // A row that was out of sight is drawn first.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-payment="${id}"]`)?.focus(),
    );
  };
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
}
