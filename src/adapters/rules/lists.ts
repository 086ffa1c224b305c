/** The block and allow lists of a document, checked entry by entry. */
import { LIST_KINDS, type ListKind, type Members, type RuleList } from '../../core/rule-lists.ts';
import type { ListDocument } from '../../core/rules-document.ts';
import { addressMembers, isRange } from './addresses.ts';
import type { Faults } from './faults.ts';
import { ENTRY_CHARACTERS_MAX, LIST_ENTRIES_MAX } from './limits.ts';
import { arrayIn, fieldsIn, isAbsent, textIn } from './values.ts';

export interface ReadList {
  readonly document: ListDocument;
  readonly list: RuleList;
}

interface EntryForm {
  readonly fits: (entry: string) => boolean;
  /** What to say to one that does not. */
  readonly expected: string;
}

const ANY_TEXT: EntryForm = {
  fits: (entry) => entry.trim() !== '' && entry.length <= ENTRY_CHARACTERS_MAX,
  expected: `must have 1 to ${ENTRY_CHARACTERS_MAX} characters`,
};

const FORMS: Readonly<Record<ListKind, EntryForm>> = {
  merchants: ANY_TEXT,
  bins: {
    fits: (entry) => /^\d{6}$/.test(entry),
    expected: 'must be the first 6 digits of a card number: no more of them are kept',
  },
  fingerprints: {
    fits: (entry) => /^[0-9a-f]{32}$/.test(entry),
    expected:
      'must be 32 lower-case hexadecimal digits, as a payment shows them in card.fingerprint',
  },
  devices: ANY_TEXT,
  ips: {
    fits: isRange,
    expected:
      'must be an IP address or a range of them, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32',
  },
  countries: {
    fits: (entry) => /^[A-Z]{2}$/.test(entry),
    expected: 'must be an ISO 3166-1 code of two capital letters, like GB',
  },
};

/** A list of which any part may be left out. What is wrong with it goes to `faults`. */
export function readList(value: unknown, pointer: string, faults: Faults): ReadList {
  const fields = isAbsent(value) ? {} : fieldsIn(value, LIST_KINDS, pointer, faults);
  const entries = (kind: ListKind) =>
    readEntries(fields?.[kind], kind, `${pointer}/${kind}`, faults);
  const document = {
    merchants: entries('merchants'),
    bins: entries('bins'),
    fingerprints: entries('fingerprints'),
    devices: entries('devices'),
    ips: entries('ips'),
    countries: entries('countries'),
  };
  const members = (kind: ListKind): Members => new Set(document[kind]);
  return {
    document,
    list: {
      merchants: members('merchants'),
      bins: members('bins'),
      fingerprints: members('fingerprints'),
      devices: members('devices'),
      ips: addressMembers(document.ips),
      countries: members('countries'),
    },
  };
}

function readEntries(
  value: unknown,
  kind: ListKind,
  pointer: string,
  faults: Faults,
): readonly string[] {
  if (isAbsent(value)) return [];
  const entries = arrayIn(value, LIST_ENTRIES_MAX, pointer, faults) ?? [];
  return entries.flatMap((value_, index) => {
    const entry = textIn(value_, `${pointer}/${index}`, faults);
    if (entry === null) return [];
    if (FORMS[kind].fits(entry)) return [entry];
    faults.add(`${pointer}/${index}`, 'wrong_format', FORMS[kind].expected);
    return [];
  });
}
