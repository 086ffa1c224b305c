/** For a service without payments: what this is, and a button and a command that make the first. */
import { Send } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { FIRST_PAYMENT } from '../new-payment/first-payment.ts';
import { useNewPayment } from '../new-payment/use-new-payment.ts';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { ProblemNote } from '../shared/problem.tsx';

export function FirstSteps() {
  const newPayment = useNewPayment();
  return (
    <section
      aria-label="First steps"
      className="flex flex-col gap-3 rounded-lg border border-accent bg-panel p-4"
    >
      <p className="max-w-prose text-base">
        Farthing is a whole payment network in one process: it takes payments, decides them, keeps a
        double-entry ledger, and shows here what happens while it happens.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          isBlocked={newPayment.isPending}
          onClick={() => newPayment.mutate(FIRST_PAYMENT)}
        >
          <Send size={15} aria-hidden />
          Send the first payment
        </Button>
        <span className="text-soft">
          or{' '}
          <Link to="/card-lab" className="text-accent underline">
            authorize a card
          </Link>
          , or paste this:
        </span>
      </div>
      <Curl request={{ method: 'POST', path: '/payments', body: FIRST_PAYMENT, waitSeconds: 5 }} />
      {newPayment.error !== null && <ProblemNote error={newPayment.error} />}
    </section>
  );
}
