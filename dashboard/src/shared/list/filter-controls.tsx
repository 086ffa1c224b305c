/** What a list is filtered by: pickers of what there is, and chips of what is set, which take it away again. */
import { Link, type LinkProps } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useId } from 'react';

export const FILTER_CONTROL =
  'min-h-8 max-w-44 min-w-0 rounded-md border border-line-strong bg-panel px-1.5';

interface FilterPickerProps {
  /** Of what is picked when nothing is: «Any …». */
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onPick: (value: string) => void;
}

export function FilterPicker({ label, value, options, onPick }: FilterPickerProps) {
  const id = useId();
  // The address may ask for what is not offered: one status of a class, say, or two of a list.
  const isOffered = value === '' || options.some(([option]) => option === value);
  return (
    <span>
      <label htmlFor={id} className="sr-only">
        {label.replace('Any ', 'Filter by ')}
      </label>
      <select
        id={id}
        value={value}
        className={FILTER_CONTROL}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        <option value="">{label}</option>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
        {!isOffered && <option value={value}>{value}</option>}
      </select>
    </span>
  );
}

interface FilterChip {
  readonly words: string;
  /** The same list without this filter. */
  readonly without: Pick<LinkProps, 'to' | 'search'>;
}

export function FilterChips({ chips }: { chips: readonly FilterChip[] }) {
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap gap-1.5">
      {chips.map(({ words, without }) => (
        <li key={words} className="min-w-0">
          <Link
            {...without}
            aria-label={`Remove the filter ${words}`}
            className="flex items-center gap-1.5 rounded-md border border-line-strong bg-sunken px-2 py-0.5 hover:border-ink"
          >
            <span className="truncate">{words}</span>
            <X size={13} aria-hidden className="shrink-0" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
