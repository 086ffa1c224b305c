/** Buttons. One that cannot be used now stays where it is and can be reached, so that it can say why. */
import type { ComponentProps } from 'react';

const LOOKS = {
  primary: 'bg-accent text-accent-ink border-accent hover:brightness-110',
  plain: 'bg-panel border-line-strong hover:bg-sunken',
  quiet: 'border-transparent text-soft hover:bg-sunken hover:text-ink',
  danger: 'bg-panel border-bad text-bad hover:bg-sunken',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: keyof typeof LOOKS;
  /** Not now; what it would do is not done. */
  readonly isBlocked?: boolean;
}

export function Button({
  look = 'plain',
  isBlocked = false,
  className = '',
  ...rest
}: ButtonProps) {
  const { onClick, type = 'button', ...others } = rest;
  const state = isBlocked ? 'opacity-55 cursor-not-allowed' : LOOKS[look];
  const blocked = 'bg-sunken border-line text-soft';
  return (
    <button
      type={isBlocked ? 'button' : type}
      aria-disabled={isBlocked || undefined}
      className={`inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 py-1 font-medium ${isBlocked ? blocked : state} ${className}`}
      onClick={isBlocked ? undefined : onClick}
      {...others}
    />
  );
}
