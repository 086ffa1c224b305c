/** What the dashboard does, as a command to paste. */
import { CopyButton } from './copy.tsx';

interface CurlRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Seconds the answer waits for an outcome. */
  readonly waitSeconds?: number;
}

export function curlText({ method, path, body, waitSeconds }: CurlRequest): string {
  // What curl does by itself is left to it.
  const usual = body === undefined ? 'GET' : 'POST';
  const asked = method === usual ? '' : `-X ${method} `;
  const parts = [`curl -s ${asked}${location.origin}${path}`];
  if (waitSeconds !== undefined) parts.push(`-H 'Prefer: wait=${waitSeconds}'`);
  if (body !== undefined) {
    parts.push(`-H 'Content-Type: application/json'`);
    parts.push(`-d ${shellQuoted(JSON.stringify(body))}`);
  }
  return parts.join(' \\\n  ');
}

/** One word for the shell, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

interface CurlProps {
  readonly request: CurlRequest;
  /** What is shown in its place, where it holds a card number. */
  readonly shown?: CurlRequest;
}

export function Curl({ request, shown = request }: CurlProps) {
  return (
    <div className="relative min-w-0">
      <div className="absolute top-1 right-1 bg-sunken">
        <CopyButton what="curl" text={() => curlText(request)} />
      </div>
      <pre
        tabIndex={0}
        role="group"
        aria-label="The same as curl"
        className="overflow-x-auto rounded-md whitespace-pre-wrap break-words bg-sunken p-3 pr-10 font-mono text-xs leading-5"
      >
        {curlText(shown)}
      </pre>
    </div>
  );
}
