/** What was booked for one payment, which stands in the URL. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { LedgerTab } from '../payment/ledger-tab.tsx';
import { Button } from '../shared/button.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { Money } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { shortId, Status } from '../shared/status.tsx';
import { useFieldValue } from '../shared/use-field-value.ts';
import { bookedQuery } from './ledger-queries.ts';

const route = getRouteApi('/ledger');

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

export function PaymentEntries() {
  const { payment } = route.useSearch();
  return (
    <Panel
      title="Entries of a payment"
      aside={
        payment !== undefined && (
          <span className="flex gap-3">
            <Link to="/payments/$id" params={{ id: payment }} className="text-accent underline">
              Open the payment
            </Link>
            <Link to="/ledger" className="text-accent underline">
              Clear
            </Link>
          </span>
        )
      }
    >
      <PaymentForm payment={payment ?? ''} />
      {payment === undefined ? (
        <BookedPayments />
      ) : (
        <div className="border-t border-line p-3">
          <LedgerTab key={payment} id={payment} />
        </div>
      )}
    </Panel>
  );
}

function PaymentForm({ payment }: { payment: string }) {
  const navigate = route.useNavigate();
  const field = useFieldValue(payment);
  const [fault, setFault] = useState<string | null>(null);
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Whatever it was copied from: an address, a line of a log.
    const [id] = UUID.exec(textIn(new FormData(event.currentTarget), 'payment')) ?? [];
    if (id === undefined) {
      setFault('That is no payment id. It has 32 hexadecimal digits, in groups of 8-4-4-4-12.');
      return;
    }
    setFault(null);
    void navigate({ search: { payment: id.toLowerCase() } });
  };
  return (
    <form onSubmit={onSubmit} className="flex items-start gap-2 p-3">
      <Field label="Payment id" fault={fault} className="flex-1">
        {(aria) => (
          <TextInput
            ref={field}
            name="payment"
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-xs"
            {...aria}
          />
        )}
      </Field>
      {/* Beside the field, below the height of its label. */}
      <Button type="submit" className="mt-[calc(1.45em+0.25rem)]">
        Show
      </Button>
    </form>
  );
}

/** Some to begin with; nothing at all while there are none. */
function BookedPayments() {
  const { data = [] } = useQuery(bookedQuery);
  if (data.length === 0) return null;
  return (
    <div className="border-t border-line p-3">
      <p className="text-soft">The latest with entries:</p>
      <ul>
        {data.map(({ payment_id: id, amount, currency, status }) => (
          <li key={id}>
            <Link
              to="/ledger"
              search={{ payment: id }}
              className="-mx-2 grid grid-cols-[minmax(0,1fr)_auto_7rem] items-center gap-3 rounded-md px-2 py-1.5 hover:bg-sunken"
            >
              <span className="font-mono text-xs text-accent">…{shortId(id)}</span>
              <Money amount={amount} currency={currency} />
              <Status status={status} />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
