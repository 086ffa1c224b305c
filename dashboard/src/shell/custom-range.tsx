/** A time by its two ends, for whoever cannot or does not want to draw it on a chart. */
import { type SubmitEvent, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { Field, TextInput } from '../shared/field.tsx';
import { textIn } from '../shared/form-text.ts';
import { type RangeSearch, readRange, windowOf } from '../shared/time-range.ts';

interface CustomRangeProps {
  readonly search: RangeSearch;
  readonly onClose: () => void;
  readonly onChosen: (search: RangeSearch) => void;
}

export function CustomRange({ search, onClose, onChosen }: CustomRangeProps) {
  const [fault, setFault] = useState<string | null>(null);
  const { fromMs, toMs } = windowOf(search, Date.now());
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = [isoOf(textIn(form, 'from')), isoOf(textIn(form, 'to'))];
    const asked = readRange({ ...search, from, to });
    if (asked.from === undefined) setFault(faultOf(from, to));
    else onChosen(asked);
  };
  return (
    <Dialog title="Time range" onClose={onClose}>
      <form onSubmit={onSubmit} noValidate className="flex flex-col gap-3">
        <Field label="From" hint="Your own time zone.">
          {(aria) => (
            <TextInput {...aria} type="datetime-local" name="from" defaultValue={local(fromMs)} />
          )}
        </Field>
        <Field label="To" fault={fault}>
          {(aria) => (
            <TextInput {...aria} type="datetime-local" name="to" defaultValue={local(toMs)} />
          )}
        </Field>
        <Button look="primary" type="submit" className="self-start">
          Show this time
        </Button>
      </form>
    </Dialog>
  );
}

function faultOf(from: string, to: string): string {
  if (from === '' || to === '') return 'Both ends need a day and a time.';
  return Date.parse(from) < Date.parse(to)
    ? 'That is too long: choose at most 1,400 days.'
    : 'The end must lie after the beginning.';
}

/** As the field has it, in the time zone of whoever looks. */
function local(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Empty for a field that is. */
function isoOf(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().replace('.000Z', 'Z');
}
