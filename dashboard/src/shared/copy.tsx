/** Copies a text, and says that it did. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { announce } from './notice.tsx';

const DONE_MS = 1_500;

interface CopyButtonProps {
  /** What is copied, for people: «id», «curl». */
  readonly what: string;
  /** Made when it is asked for: it may hold what must not stand on the page. */
  readonly text: () => string;
  readonly children?: string;
}

export function CopyButton({ what, text, children }: CopyButtonProps) {
  const [isDone, setIsDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => setIsDone(false), DONE_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const Icon = isDone ? Check : Copy;
  return (
    <Button
      look="quiet"
      className="px-2"
      aria-label={`Copy ${what}`}
      onClick={() => {
        copy(what, text());
        setIsDone(true);
      }}
    >
      <Icon size={14} aria-hidden />
      {children}
    </Button>
  );
}

export function copy(what: string, text: string): void {
  writeClipboard(text).then(
    () => announce(`Copied ${what}`),
    () => announce(`The browser did not allow to copy ${what}`),
  );
}

/** The clipboard is missing on pages that came over plain http from elsewhere than this machine. */
async function writeClipboard(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard === undefined) throw new Error('no clipboard');
  await clipboard.writeText(text);
}
