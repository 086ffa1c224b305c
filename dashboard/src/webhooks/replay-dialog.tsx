/** Sends a stretch of the log again to one endpoint, piece by piece until all of it is due. */
import type { WebhookEndpoint, WebhookReplayRequest } from '@farthing/sdk';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { Choice, Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { formatCount } from '../shared/money.tsx';
import { announce } from '../shared/notice.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { EVENT_PATTERNS, type Pattern, patternWords } from './event-patterns.ts';
import { refreshWebhooks } from './queries.ts';

const HOUR_MS = 3_600_000;

interface ReplayDialogProps {
  readonly endpoint: WebhookEndpoint;
  readonly onClose: () => void;
}

export function ReplayDialog({ endpoint, onClose }: ReplayDialogProps) {
  const [begin] = useState(() => localTime(Date.now() - HOUR_MS));
  const [done, setDone] = useState(0);
  const replay = useMutation({
    mutationFn: async (request: WebhookReplayRequest) => {
      let sum = 0;
      let after: string | null = null;
      do {
        const part = await service().webhookDeliveries.replay({ ...request, after });
        setDone((sum += part.replayed));
        after = part.next_cursor;
      } while (after !== null);
      return sum;
    },
    onSuccess: (sum) => {
      announce(`${formatCount(sum)} ${sum === 1 ? 'delivery is' : 'deliveries are'} due again`);
      onClose();
    },
    onSettled: refreshWebhooks,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setDone(0);
    replay.mutate(requestIn(new FormData(event.currentTarget), endpoint.id));
  };
  return (
    <Dialog title="Replay" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <p>
          Sends events of the log again to <code className="break-all">{endpoint.url}</code>, also
          those that it never got; only what it listens to.
        </p>
        <Field label="From">
          {(aria) => (
            <TextInput name="from" type="datetime-local" step={1} defaultValue={begin} {...aria} />
          )}
        </Field>
        <Field label="To" hint="Empty: until now.">
          {(aria) => <TextInput name="to" type="datetime-local" step={1} {...aria} />}
        </Field>
        <Field label="Events">
          {(aria) => (
            <Choice name="type" {...aria}>
              {EVENT_PATTERNS.map((pattern) => (
                <option key={pattern} value={pattern}>
                  {patternWords(pattern)}
                </option>
              ))}
            </Choice>
          )}
        </Field>
        {replay.error !== null && <ProblemNote error={replay.error} />}
        <Button type="submit" look="primary" isBlocked={replay.isPending}>
          {replay.isPending ? `Replaying: ${formatCount(done)}` : 'Replay'}
        </Button>
      </form>
    </Dialog>
  );
}

function requestIn(form: FormData, endpointId: string): WebhookReplayRequest {
  return {
    endpoint_id: endpointId,
    from: timeIn(form, 'from'),
    to: timeIn(form, 'to'),
    event_types: [textIn(form, 'type') as Pattern],
  };
}

/** Typed in the time zone of whoever types. */
function timeIn(form: FormData, name: string): string | null {
  const text = textIn(form, name);
  return text === '' ? null : new Date(text).toISOString();
}

function localTime(ms: number): string {
  const shiftMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - shiftMs).toISOString().slice(0, 19);
}
