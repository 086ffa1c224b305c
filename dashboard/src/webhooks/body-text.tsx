/** A body as it went over the wire: indented when it is JSON, else as it stands. */
import { JsonText } from '../shared/json-text.tsx';

export function BodyText({ text, label }: { text: string; label: string }) {
  const value = parsed(text);
  if (value !== undefined) return <JsonText value={value} label={label} />;
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5 break-all whitespace-pre-wrap"
    >
      {text === '' ? '(empty)' : text}
    </pre>
  );
}

/** Undefined for what is no object and no list: a number alone reads better as it came. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Headers, a line each. */
export function Headers({ headers }: { headers: Readonly<Record<string, string>> }) {
  return (
    <dl className="grid grid-cols-[fit-content(45%)_minmax(0,1fr)] gap-x-3 font-mono text-xs leading-5">
      {Object.entries(headers).map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="break-all text-busy">{name}</dt>
          <dd className="break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
