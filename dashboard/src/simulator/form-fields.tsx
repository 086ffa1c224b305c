/** Fields of the simulator's forms: a number or a text, and one of a closed list. */
import { Choice, Field, TextInput } from '../shared/field.tsx';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | null | undefined;
  readonly name: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

interface TypedFieldProps extends FieldProps {
  /** What the arrow keys add; absent for a text. */
  readonly step?: number | 'any' | undefined;
  readonly placeholder?: string | undefined;
}

export function TypedField({ onChange, step, ...props }: TypedFieldProps) {
  const { label, hint, fault, ...rest } = props;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(aria) => (
        <TextInput
          type={step === undefined ? 'text' : 'number'}
          step={step}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
          {...rest}
          {...aria}
        />
      )}
    </Field>
  );
}

interface PickFieldProps extends FieldProps {
  readonly options: readonly (readonly [value: string, words: string])[];
}

export function PickField({ onChange, options, ...props }: PickFieldProps) {
  const { label, hint, fault, ...rest } = props;
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(aria) => (
        <Choice onChange={(event) => onChange(event.currentTarget.value)} {...rest} {...aria}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
      )}
    </Field>
  );
}
