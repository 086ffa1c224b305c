/**
 * A long list as a table that scrolls by itself: only the rows in sight are drawn of many, `j` and `k` move through
 * them, and nothing moves while somebody reads; what is new meanwhile waits behind a pill.
 */
import { ArrowUp } from 'lucide-react';
import { type ReactNode, type RefObject, type UIEvent, useEffect, useRef, useState } from 'react';
import { useKey } from '../../shell/keys.ts';
import { Button } from '../button.tsx';
import { useVisibleRows } from './use-visible-rows.ts';

/** The height of every row; see ROW_CELL. */
const ROW_PX = 37;

export const HEAD_CELL =
  'sticky top-0 z-10 border-b border-line bg-panel px-3 py-1.5 text-left font-normal text-soft';

export const ROW_CELL = 'h-[37px] border-b border-line px-3 py-0';

interface LiveTableProps<Row> {
  readonly label: string;
  readonly testId: string;
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** The attribute, with the row's id in it, of what takes the focus in a row. */
  readonly idAttribute: `data-${string}`;
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
  /** The cells of the head, then those of a row. */
  readonly head: ReactNode;
  readonly drawRow: (row: Row, rowIndex: number) => ReactNode;
  /** Below the last row. */
  readonly footer: ReactNode;
  /** How many new ones are not shown, in words; null when all are. */
  readonly waiting: string | null;
  readonly onShowWaiting: () => void;
  /** True while somebody reads, so that nothing may move. */
  readonly onHeldChange: (isHeld: boolean) => void;
}

export function LiveTable<Row>(props: LiveTableProps<Row>) {
  const { rows, waiting, onShowWaiting, onHeldChange } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [isScrolled, setIsScrolled] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const { visible, above, below, scrollTo } = useVisibleRows({
    count: rows.length,
    rowPx: ROW_PX,
    scroller,
  });
  useRowKeys(props, scroller, scrollTo);
  useEffect(() => onHeldChange(isScrolled || isFocused), [isScrolled, isFocused, onHeldChange]);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {waiting !== null && (
        <Button
          look="primary"
          className="absolute top-10 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-md"
          onClick={() => {
            onShowWaiting();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          <ArrowUp size={14} aria-hidden />
          {waiting} new
        </Button>
      )}
      <div
        ref={scroller}
        data-testid={props.testId}
        tabIndex={-1}
        onScroll={({ currentTarget }: UIEvent<HTMLDivElement>) =>
          setIsScrolled(currentTarget.scrollTop > ROW_PX)
        }
        onFocus={() => setIsFocused(true)}
        onBlur={() => setIsFocused(false)}
        className="max-h-[75dvh] min-h-0 overflow-auto rounded-lg border border-line bg-panel lg:max-h-none lg:flex-1"
      >
        <table
          aria-label={props.label}
          aria-rowcount={rows.length + 1}
          className="w-full border-separate border-spacing-0"
        >
          <thead>
            <tr aria-rowindex={1}>{props.head}</tr>
          </thead>
          <tbody>
            <Spacer height={above} />
            {visible.map((index) => {
              const row = rows[index];
              return row !== undefined && props.drawRow(row, index + 2);
            })}
            <Spacer height={below} />
          </tbody>
        </table>
        <div className="sticky left-0 flex items-center justify-center gap-3 p-3 text-soft">
          {props.footer}
        </div>
      </div>
    </div>
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

/** `j` and `k` move the focus from row to row, or what is open when something is. */
function useRowKeys<Row>(
  { rows, idOf, idAttribute, openId, onOpen }: LiveTableProps<Row>,
  scroller: RefObject<HTMLDivElement | null>,
  scrollTo: (index: number) => void,
): void {
  const move = (step: 1 | -1) => {
    const focused = document.activeElement?.getAttribute(idAttribute) ?? null;
    const at = rows.findIndex((row) => idOf(row) === (openId ?? focused));
    const index = Math.min(Math.max(at + step, 0), rows.length - 1);
    const row = rows[index];
    if (row === undefined) return;
    const id = idOf(row);
    if (openId !== null) {
      onOpen(id);
      return;
    }
    // Draws a row that was out of sight. The focus moves at once: the next press of a key may come within this frame.
    scrollTo(index);
    scroller.current?.querySelector<HTMLElement>(`[${idAttribute}="${CSS.escape(id)}"]`)?.focus();
  };
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
}
