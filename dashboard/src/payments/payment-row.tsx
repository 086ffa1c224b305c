/** One payment of the list. The whole row can be pressed; its link is for everybody else. */
import type { Payment } from '@farthing/sdk';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo, useRef } from 'react';
import { ROW_CELL } from '../shared/list/live-table.tsx';
import { Moment } from '../shared/moment.tsx';
import { Money } from '../shared/money.tsx';
import { methodWords, reasonWords, shortId, Status } from '../shared/status.tsx';

interface PaymentRowProps {
  readonly payment: Payment;
  readonly rowIndex: number;
  readonly isOpen: boolean;
}

export const PaymentRow = memo(function PaymentRow({ payment, rowIndex, isOpen }: PaymentRowProps) {
  const navigate = useNavigate();
  const { payment_id: id, updated_at: updatedAt, failure_reason: reason } = payment;
  const drawnAt = useRef(updatedAt);
  const open = () =>
    void navigate({ to: '/payments', search: (search) => ({ ...search, open: id }) });
  return (
    <tr
      aria-rowindex={rowIndex}
      onClick={(event) => {
        // The link does it by itself, and knows of new tabs.
        if (!(event.target instanceof HTMLElement && event.target.closest('a'))) open();
      }}
      className={`cursor-pointer hover:bg-sunken ${isOpen ? 'bg-sunken' : ''}`}
    >
      <td className={`${ROW_CELL} hidden text-soft sm:table-cell`}>
        <Moment at={payment.created_at} />
      </td>
      <th scope="row" className={`${ROW_CELL} text-left font-normal`}>
        <Link
          to="/payments"
          search={(search) => ({ ...search, open: id })}
          data-payment={id}
          aria-current={isOpen ? 'true' : undefined}
          className="font-mono text-xs text-accent hover:underline"
        >
          …{shortId(id)}
        </Link>
      </th>
      <td className={`${ROW_CELL} text-right`}>
        <Money amount={payment.amount} currency={payment.currency} />
      </td>
      <td className={ROW_CELL}>
        {/* Drawn anew when it changes, which starts the tint. */}
        <span
          key={updatedAt}
          className={`-mx-1.5 flex w-fit rounded px-1.5 py-0.5 ${updatedAt === drawnAt.current ? '' : 'changed'}`}
        >
          <Status status={payment.status} />
        </span>
      </td>
      <td className={`${ROW_CELL} hidden max-w-48 truncate xl:table-cell`}>
        {reason === null ? '' : reasonWords(reason)}
      </td>
      <td className={`${ROW_CELL} hidden max-w-64 truncate md:table-cell`}>{payment.recipient}</td>
      <td className={`${ROW_CELL} hidden truncate lg:table-cell`}>{methodWords(payment)}</td>
      <td className={`${ROW_CELL} hidden text-right xl:table-cell`}>
        {payment.risk?.score.toFixed(2)}
      </td>
    </tr>
  );
});
