/** One message that a sink received, beside the list. */
import type { SinkMessage } from '@farthing/sdk';
import { CircleCheck, CircleX } from 'lucide-react';
import { Drawer } from '../shared/dialog.tsx';
import { Moment } from '../shared/moment.tsx';
import { Empty } from '../shared/waiting.tsx';
import { BodyText, Headers } from './body-text.tsx';
import { useClose } from './use-close.ts';

interface MessageDrawerProps {
  readonly id: string;
  /** Undefined when it is not among those that are kept, or not loaded. */
  readonly message: SinkMessage | undefined;
}

export function MessageDrawer({ id, message }: MessageDrawerProps) {
  return (
    <Drawer title={`Message ${id}`} onClose={useClose('message')}>
      {message === undefined ? (
        <Empty title="It is not among the messages that are shown">
          <p className="text-soft">A sink keeps its last 500, until the server stops.</p>
        </Empty>
      ) : (
        <Message message={message} />
      )}
    </Drawer>
  );
}

function Message({ message }: { message: SinkMessage }) {
  const { verdict, body_encoding: encoding, answered, duplicate_of: first } = message;
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <div data-testid="verdict">
        <Verdict verdict={verdict} isWhole />
      </div>
      <p className="text-soft">
        {message.method} at <Moment at={message.received_at} />,{' '}
        {answered === null ? 'left hanging' : `answered with ${answered}`}
        {first !== null && `; its webhook-id came before, in ${first}`}
      </p>
      <h3 className="font-semibold">Headers</h3>
      <Headers headers={message.headers} />
      <h3 className="font-semibold">Body{encoding === 'base64' && ' (base64: it is not text)'}</h3>
      <BodyText text={message.body} label="Body" />
      {message.body_truncated && <p className="text-soft">The rest of it was not kept.</p>}
    </div>
  );
}

interface VerdictProps extends Pick<SinkMessage, 'verdict'> {
  /** With its reason in whatever room that takes. */
  readonly isWhole?: boolean;
}

export function Verdict({ verdict: { valid, reason }, isWhole = false }: VerdictProps) {
  const Icon = valid ? CircleCheck : CircleX;
  return (
    <span className={`flex gap-1.5 ${isWhole ? '' : 'items-center'}`}>
      <span
        className={`flex h-fit items-center gap-1.5 font-medium ${valid ? 'text-good' : 'text-bad'}`}
      >
        <Icon size={15} aria-hidden className="shrink-0" />
        {valid ? 'Valid' : 'Invalid'}
      </span>
      <span className={isWhole ? 'min-w-0' : 'hidden max-w-[32vw] truncate text-soft md:inline'}>
        {reason}
      </span>
    </span>
  );
}
