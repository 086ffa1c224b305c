/** JSON as it came, indented, with its names set off; to be read, scrolled and copied. */
import { CopyButton } from './copy.tsx';

export function JsonText({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="relative">
      <div className="absolute top-1 right-1 bg-sunken">
        <CopyButton what={label} text={() => text} />
      </div>
      {/* A region that scrolls must be reached by keyboard. */}
      <pre
        tabIndex={0}
        role="group"
        aria-label={label}
        className="max-h-96 overflow-auto rounded-md bg-sunken p-3 pr-10 font-mono text-xs leading-5"
      >
        {piecesOf(text)}
      </pre>
    </div>
  );
}

/** `"name":` at the beginning of a line is a name; the rest is left as it is. */
function piecesOf(text: string) {
  return text.split('\n').map((line, index) => {
    const [, space = '', name, rest = ''] = /^(\s*)("[^"]*":)(.*)$/.exec(line) ?? [];
    const key = `${index} ${line}`;
    if (name === undefined) return <span key={key}>{`${line}\n`}</span>;
    return (
      <span key={key}>
        {space}
        <span className="text-busy">{name}</span>
        {`${rest}\n`}
      </span>
    );
  });
}
