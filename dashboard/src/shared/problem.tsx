/** What went wrong, as the service said it: title, detail, fields, request id, and a way on. */
import { FarthingError } from '@farthing/sdk';
import { TriangleAlert } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Button } from './button.tsx';

const KeyForm = lazy(() =>
  import('./key-form.tsx').then((module) => ({ default: module.KeyForm })),
);

interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  const isKnown = error instanceof FarthingError;
  if (isKnown && error.code === 'unauthorized') {
    return (
      <Suspense>
        <KeyForm onDone={onRetry} />
      </Suspense>
    );
  }
  return (
    <div role="alert" className="flex flex-col items-start gap-2 p-3">
      <p className="flex items-center gap-1.5 font-semibold text-bad">
        <TriangleAlert size={16} aria-hidden />
        {isKnown ? titleOf(error) : 'Something in this page broke'}
      </p>
      <p>{isKnown ? error.detail : String(error)}</p>
      {isKnown && error.errors.length > 0 && (
        <ul className="list-disc pl-5">
          {error.errors.map(({ pointer, detail }) => (
            <li key={pointer}>
              <code>{pointer}</code> {detail}
            </li>
          ))}
        </ul>
      )}
      {isKnown && error.requestId !== null && (
        <p className="text-soft">
          Request <code className="break-all">{error.requestId}</code>
        </p>
      )}
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

function titleOf({ status, code }: FarthingError): string {
  if (status === null) return 'The service does not answer';
  const words = code.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (${status})`;
}
