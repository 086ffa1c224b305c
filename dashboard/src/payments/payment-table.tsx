/** The payments as a table. */
import type { Payment } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import { Button } from '../shared/button.tsx';
import { HEAD_CELL, LiveTable } from '../shared/list/live-table.tsx';
import { formatCount } from '../shared/money.tsx';
import { PaymentRow } from './payment-row.tsx';

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
  const { rows, openId, hasOlder, isLoadingOlder, onLoadOlder, ...live } = props;
  const navigate = useNavigate();
  return (
    <LiveTable
      {...live}
      label="Payments"
      testId="payment-list"
      rows={rows}
      idOf={({ payment_id: id }) => id}
      idAttribute="data-payment"
      openId={openId}
      onOpen={(id) =>
        void navigate({ to: '/payments', search: (search) => ({ ...search, open: id }) })
      }
      head={<Head />}
      drawRow={(payment, rowIndex) => (
        <PaymentRow
          key={payment.payment_id}
          payment={payment}
          rowIndex={rowIndex}
          isOpen={payment.payment_id === openId}
        />
      )}
      footer={
        hasOlder ? (
          <Button isBlocked={isLoadingOlder} onClick={onLoadOlder}>
            Load older
          </Button>
        ) : (
          `All ${formatCount(rows.length)} payments are shown`
        )
      }
    />
  );
}

function Head() {
  return (
    <>
      <th className={`${HEAD_CELL} hidden sm:table-cell`}>Time</th>
      <th className={HEAD_CELL}>Payment</th>
      <th className={`${HEAD_CELL} text-right`}>Amount</th>
      <th className={HEAD_CELL}>Status</th>
      <th className={`${HEAD_CELL} hidden xl:table-cell`}>Reason</th>
      <th className={`${HEAD_CELL} hidden md:table-cell`}>Recipient</th>
      <th className={`${HEAD_CELL} hidden lg:table-cell`}>Paid by</th>
      <th className={`${HEAD_CELL} hidden text-right xl:table-cell`}>Risk</th>
    </>
  );
}
