/** What cannot be undone: the first press says what goes, the second does it. */
import { type ReactNode, useState } from 'react';
import { Button } from '../shared/button.tsx';

interface ConfirmButtonProps {
  readonly children: ReactNode;
  /** In the place of what stood there, after the first press. */
  readonly question: string;
  readonly isBlocked: boolean;
  readonly onConfirm: () => void;
}

export function ConfirmButton({ children, question, isBlocked, onConfirm }: ConfirmButtonProps) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <Button
      look="danger"
      isBlocked={isBlocked}
      onClick={() => {
        if (isAsked) onConfirm();
        setIsAsked(!isAsked);
      }}
      onBlur={() => setIsAsked(false)}
    >
      {isAsked ? question : children}
    </Button>
  );
}
