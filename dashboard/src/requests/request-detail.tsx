/** Everything that is remembered of a request and its answer, with what is secret already taken out. */
import type { LoggedRequestWithBodies } from '@farthing/sdk';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { copy, CopyButton } from '../shared/copy.tsx';
import { formatDuration, Moment } from '../shared/moment.tsx';
import { shortId } from '../shared/status.tsx';
import { useKey } from '../shell/keys.ts';
import { AnswerStatus } from './answer-status.tsx';
import { asCurl, isPartial } from './as-curl.ts';
import { Message } from './message.tsx';
import { addressOf, VERDICTS } from './request-words.ts';

export function RequestDetail({ request }: { request: LoggedRequestWithBodies }) {
  const { request_id: id } = request;
  const curl = () => asCurl(request);
  useKey('y', () => copy('id', id));
  useKey('Y', () => copy('curl', curl()));
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div>
        <p className="font-mono text-base font-semibold break-all">
          {request.method} {addressOf(request)}
        </p>
        <code className="text-xs break-all text-soft">{id}</code>
      </div>
      <div>
        <div className="-ml-2 flex flex-wrap">
          <CopyButton what="id" text={() => id}>
            Id
          </CopyButton>
          <CopyButton what="curl" text={curl}>
            curl
          </CopyButton>
        </div>
        {isPartial(request) && (
          <p className="text-xs text-soft">
            The curl holds what is shown here: what is masked or missing has to be put in again.
          </p>
        )}
      </div>
      <Facts request={request} />
      <Message
        title="Request"
        headers={request.request_headers}
        body={request.request_body}
        isTruncated={request.request_truncated}
      />
      <Message
        title="Response"
        headers={request.response_headers}
        body={request.response_body}
        isTruncated={request.response_truncated}
      />
    </div>
  );
}

function Facts({ request }: { request: LoggedRequestWithBodies }) {
  const { idempotency, error_code: code, payment_id: payment } = request;
  const verdict = idempotency === null ? null : VERDICTS[idempotency.verdict];
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        <Fact name="Answer">
          <AnswerStatus status={request.status} />
        </Fact>
        <Fact name="Latency">{formatDuration(request.duration_ms)}</Fact>
        <Fact name="Time">
          <Moment at={request.at} />
        </Fact>
        <Fact name="Route">
          <code className="text-xs">{request.route}</code>
        </Fact>
        <Fact name="By">{request.actor ?? 'refused before that was known'}</Fact>
        {payment !== null && (
          <Fact name="Payment">
            <Link
              to="/payments/$id"
              params={{ id: payment }}
              className="font-mono text-xs text-accent underline"
            >
              …{shortId(payment)}
            </Link>
          </Fact>
        )}
        {code !== null && (
          <Fact name="Error">
            <code className="text-xs text-bad">{code}</code>
          </Fact>
        )}
      </dl>
      {verdict !== null && (
        <p>
          <span className="font-medium">{verdict.word}.</span> {verdict.meaning}
        </p>
      )}
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
