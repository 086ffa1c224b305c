/** One side of an exchange: its headers, and its body as it can be read best. */
import { CopyButton } from '../shared/copy.tsx';
import { indented } from './indented.ts';

interface MessageProps {
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly isTruncated: boolean;
}

export function Message({ title, headers, body, isTruncated }: MessageProps) {
  const isEmpty = body === null || body === '';
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2">
      <h3 className="flex min-h-8 items-center justify-between font-semibold">
        {title}
        {isEmpty || <CopyButton what={`${title.toLowerCase()} body`} text={() => body} />}
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 font-mono text-xs leading-5">
        {Object.entries(headers).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="break-all">{value}</dd>
          </div>
        ))}
      </dl>
      {isEmpty ? (
        <p className="text-soft">No body</p>
      ) : (
        // A region that scrolls must be reached by keyboard.
        <pre
          tabIndex={0}
          role="group"
          aria-label={`${title} body`}
          className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5"
        >
          {indented(body)}
        </pre>
      )}
      {isTruncated && <p className="text-hold">Only the beginning of this body is remembered.</p>}
    </section>
  );
}
