/** Everything about a payment: what it is, what can be done with it, how it came here. In the drawer and on its page. */
import type { Payment } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { paymentQuery } from '../service/queries.ts';
import { copy, CopyButton } from '../shared/copy.tsx';
import { curlText } from '../shared/curl.tsx';
import { JsonText } from '../shared/json-text.tsx';
import { Moment } from '../shared/moment.tsx';
import { formatMoney } from '../shared/money.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { methodWords, reasonWords, Status } from '../shared/status.tsx';
import { Tabs } from '../shared/tabs.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { useKey } from '../shell/keys.ts';
import { Actions } from './actions.tsx';
import { LedgerTab } from './ledger-tab.tsx';
import { RiskTab } from './risk-tab.tsx';
import { TimelineTab } from './timeline-tab.tsx';
import { WebhooksTab } from './webhooks-tab.tsx';

export function PaymentDetail({ id }: { id: string }) {
  const { data: payment, error, refetch } = useQuery(paymentQuery(id));
  const curl = () => curlText({ method: 'GET', path: `/payments/${id}` });
  useKey('y', () => copy('id', id));
  useKey('Y', () => copy('curl', curl()));
  if (payment === undefined) {
    if (error === null) return <SkeletonRows rows={7} height="h-7" />;
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <Head payment={payment} />
      <div className="-ml-2 flex flex-wrap">
        <CopyButton what="id" text={() => id}>
          Id
        </CopyButton>
        <CopyButton what="link" text={() => `${location.origin}/demo/payments/${id}`}>
          Link
        </CopyButton>
        <CopyButton what="JSON" text={() => JSON.stringify(payment, null, 2)}>
          JSON
        </CopyButton>
        <CopyButton what="curl" text={curl}>
          curl
        </CopyButton>
      </div>
      <Actions payment={payment} />
      <PaymentTabs payment={payment} />
    </div>
  );
}

function Head({ payment }: { payment: Payment }) {
  const { amount, currency, status, failure_reason: reason, decline } = payment;
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
          <span className="text-2xl font-semibold">{formatMoney(amount, currency)}</span>
          <span data-testid="payment-status">
            <Status status={status} />
          </span>
        </p>
        <code className="text-xs break-all text-soft">{payment.payment_id}</code>
      </div>
      {reason !== null && (
        <p>
          <span className="font-medium text-bad">{reasonWords(reason)}.</span> {decline?.message}{' '}
          <span className="text-soft">ISO 8583 response code {decline?.code}.</span>
        </p>
      )}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
        <Fact name="Recipient">{payment.recipient ?? '–'}</Fact>
        <Fact name="Paid by">{methodWords(payment)}</Fact>
        <Fact name="Created">
          <Moment at={payment.created_at} />
        </Fact>
        <Fact name="Attempts">{payment.attempts}</Fact>
        {payment.amount_refunded > 0 && (
          <Fact name="Refunded">{formatMoney(payment.amount_refunded, currency)}</Fact>
        )}
        {payment.description !== null && <Fact name="Description">{payment.description}</Fact>}
        {payment.reference !== null && <Fact name="Reference">{payment.reference}</Fact>}
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-soft">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

function PaymentTabs({ payment }: { payment: Payment }) {
  const { payment_id: id } = payment;
  return (
    <Tabs
      label="About this payment"
      tabs={[
        { name: 'Timeline', show: () => <TimelineTab id={id} /> },
        { name: 'Risk', show: () => <RiskTab payment={payment} /> },
        { name: 'Ledger', show: () => <LedgerTab id={id} /> },
        { name: 'Webhooks', show: () => <WebhooksTab id={id} /> },
        { name: 'JSON', show: () => <JsonText value={payment} label="Payment" /> },
      ]}
    />
  );
}
