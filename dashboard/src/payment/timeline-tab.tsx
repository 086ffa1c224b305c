/** What happened to a payment, oldest first: how long after the step before, by whom, why. */
import type { FarthingEvent } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { isPaymentEvent } from '../service/live.ts';
import { timelineQuery } from '../service/queries.ts';
import { formatDuration, Moment } from '../shared/moment.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { reasonWords, STATUS_LOOKS } from '../shared/status.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { causeOf } from './cause.ts';

export function TimelineTab({ id }: { id: string }) {
  const { data: events, error, refetch } = useQuery(timelineQuery(id));
  if (events === undefined) {
    if (error === null) return <SkeletonRows rows={4} />;
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  }
  return (
    <ol data-testid="timeline" className="flex flex-col">
      {events.map((event, index) => (
        <Step key={event.id} event={event} before={events[index - 1]} />
      ))}
    </ol>
  );
}

function Step({ event, before }: { event: FarthingEvent; before: FarthingEvent | undefined }) {
  const status = isPaymentEvent(event) ? event.data.status : 'CREATED';
  const { color, Icon } = STATUS_LOOKS[status];
  const { command, rule, draws } = causeOf(event);
  const drawn = Object.entries(draws).map(([name, draw]) => `${name} drew ${draw.toFixed(3)}`);
  const failed = isPaymentEvent(event) && event.type === 'payment.failed' ? event.data : null;
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-2.5">
      <span className="flex flex-col items-center">
        <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${color}`} />
        <span aria-hidden className="my-1 w-px flex-1 bg-line" />
      </span>
      <div className="pb-3">
        <p className="font-medium">
          {reasonWords(event.type.replace('payment.', '')).replaceAll('.', ' ')}
        </p>
        {failed !== null && (
          <p>
            <span className="text-bad">{reasonWords(failed.failure_reason ?? '')}.</span>{' '}
            {failed.decline?.message}
          </p>
        )}
        <p className="text-xs break-words text-soft">
          {[`by ${event.actor}`, command.replaceAll('_', ' '), ruleWords(rule), ...drawn]
            .filter((part) => part !== '')
            .join(' · ')}
        </p>
      </div>
      <p className="text-right text-soft">
        <Moment at={event.created_at} />
        {before !== undefined && (
          <span className="block text-xs">
            +{formatDuration(Date.parse(event.created_at) - Date.parse(before.created_at))}
          </span>
        )}
      </p>
    </li>
  );
}

function ruleWords(rule: string | null): string {
  return rule === null ? '' : `rule ${rule}`;
}
