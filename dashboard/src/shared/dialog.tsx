/**
 * The browser's own dialog: it keeps the focus inside, closes with Escape, and gives the focus back. It is there while
 * it is open; `onClose` is to take it away.
 */
import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Beside the button that closes it. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** In the middle; nothing else can be used meanwhile. */
export function Dialog({ title, onClose, children }: DialogProps) {
  return (
    <Frame
      title={title}
      onClose={onClose}
      isModal
      className="m-auto max-h-[90dvh] w-[min(30rem,calc(100vw-1.5rem))] overflow-y-auto rounded-lg border border-line backdrop:bg-black/40"
    >
      <div className="p-4">{children}</div>
    </Frame>
  );
}

/** At the right side; what is beside it stays usable. */
export function Drawer({ title, onClose, aside, children }: DialogProps) {
  return (
    <Frame
      title={title}
      onClose={onClose}
      aside={aside}
      className="fixed top-[calc(3rem+1px)] right-0 bottom-0 left-auto z-40 m-0 flex h-auto max-h-none w-[min(36rem,100vw)] max-w-none flex-col border-l border-line"
    >
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </Frame>
  );
}

interface FrameProps extends DialogProps {
  readonly isModal?: boolean;
  readonly className: string;
}

function Frame({ title, onClose, aside, children, isModal = false, className }: FrameProps) {
  const element = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    isGone.current = false;
    const before = document.activeElement;
    if (isModal) dialog?.showModal();
    else dialog?.show();
    // What is to be filled in comes first; else the browser takes the first button.
    dialog?.querySelector<HTMLElement>('form input')?.focus();
    return () => {
      isGone.current = true;
      const { activeElement: focused } = document;
      const wasInside = focused === document.body || dialog?.contains(focused) === true;
      dialog?.close();
      // The browser gives it back only while it was inside, and it is lost when what had it went away.
      if (wasInside && before instanceof HTMLElement) before.focus();
    };
  }, [isModal]);
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      className={`bg-panel text-ink shadow-xl ${className}`}
      onClose={({ currentTarget }) => {
        // Told a moment later: it may have been taken away, and another one stand in its place.
        if (!isGone.current && !currentTarget.open) onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
      onClick={(event) => {
        // A press on the backdrop is one on the dialog itself, outside of all that is in it.
        if (isModal && event.target === event.currentTarget) onClose();
      }}
    >
      <div className="flex items-center justify-between border-b border-line py-1 pr-1.5 pl-4">
        <h2 id={titleId} className="font-semibold">
          {title}
        </h2>
        <span className="flex">
          {aside}
          <Button look="quiet" className="px-2" aria-label="Close" onClick={onClose}>
            <X size={16} aria-hidden />
          </Button>
        </span>
      </div>
      {children}
    </dialog>
  );
}
