/** A labelled control, and what is wrong with what was put in. */
import { type ComponentProps, type ReactNode, useId } from 'react';

interface FieldAria {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | null | undefined;
  readonly children: (aria: FieldAria) => ReactNode;
  readonly className?: string;
}

export function Field({ label, hint, fault = null, children, className = '' }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="text-soft">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': fault === null ? undefined : true,
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className={fault === null ? 'text-xs text-soft' : 'text-bad'}>
          {note}
        </p>
      )}
    </div>
  );
}

const CONTROL =
  'min-h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2 py-1 aria-invalid:border-bad';

export function TextInput({ className = '', ...rest }: ComponentProps<'input'>) {
  return <input className={`${CONTROL} ${className}`} {...rest} />;
}

export function Choice({ className = '', ...rest }: ComponentProps<'select'>) {
  return <select className={`${CONTROL} ${className}`} {...rest} />;
}
