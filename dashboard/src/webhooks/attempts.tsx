/** The attempts at a delivery, the newest first: what was sent with it, what came back, what went wrong. */
import type { WebhookDeliveryWithAttempts } from '@farthing/sdk';
import { formatDuration, Moment } from '../shared/moment.tsx';
import { BodyText, Headers } from './body-text.tsx';

type Attempt = WebhookDeliveryWithAttempts['attempts'][number];

export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="text-soft">No attempt was made yet.</p>;
  return (
    <section aria-label="Attempts" className="flex flex-col gap-2">
      <h3 className="font-semibold">
        {attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`}
      </h3>
      {attempts
        .map((attempt, index) => (
          <AttemptCard
            key={index}
            attempt={attempt}
            number={index + 1}
            isLast={index === attempts.length - 1}
          />
        ))
        .reverse()}
    </section>
  );
}

interface AttemptCardProps {
  readonly attempt: Attempt;
  readonly number: number;
  readonly isLast: boolean;
}

function AttemptCard({ attempt, number, isLast }: AttemptCardProps) {
  const { status_code: code, error, deliberate, request, response_headers: headers } = attempt;
  return (
    <details open={isLast} className="rounded-md border border-line">
      <summary className="px-3 py-2">
        <span className="font-medium">#{number}</span>{' '}
        <span className={`font-medium ${error === null ? 'text-good' : 'text-bad'}`}>
          {code ?? (deliberate.includes('drop') ? 'Not sent' : 'No answer')}
        </span>{' '}
        <span className="text-soft">
          <Moment at={attempt.at} /> · {formatDuration(attempt.duration_ms)}
        </span>
        {deliberate.length > 0 && (
          <span className="block text-hold">
            Broken on purpose: {deliberate.join(', ').replaceAll('_', ' ')}
          </span>
        )}
        {error !== null && <span className="block break-words">{error}</span>}
        {attempt.retry_after_ms !== null && (
          <span className="block text-soft">
            It asked for a pause of {formatDuration(attempt.retry_after_ms)} (Retry-After)
          </span>
        )}
      </summary>
      <div className="flex flex-col gap-2 border-t border-line p-3">
        <h4 className="text-soft">Request</h4>
        <p className="font-mono text-xs break-all">POST {request.url}</p>
        <Headers headers={request.headers} />
        <h4 className="text-soft">Response{headers === null && ': none came'}</h4>
        {headers !== null && <Headers headers={headers} />}
        {attempt.response_body !== null && (
          <BodyText text={attempt.response_body} label={`Answer to attempt ${number}`} />
        )}
        {attempt.response_truncated && (
          <p className="text-soft">The rest of the body was not kept.</p>
        )}
      </div>
    </details>
  );
}
