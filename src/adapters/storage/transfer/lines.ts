/**
 * An export as lines of JSON. Each ends with a hash over the line before it and itself, so that a line which was changed,
 * taken out, put in or exchanged is found there and then, by its number. It is no seal: whoever wants to can hash all
 * of it anew. What shows that is the log's own chain, and the heads of it that somebody has kept.
 *
 *   {"header":{…},"check":"…"}
 *   {"kind":"payments","row":{…},"check":"…"}
 *   …
 *   {"reconciliation":{…},"check":"…"}
 */
import { hash } from 'node:crypto';
import type { Row } from '../rows.ts';
import { type Kind, KIND_NAMES, KINDS } from './kinds.ts';
import { type ExportHeader, TransferError } from './ports.ts';
import type { Reconciliation } from './reconciliation.ts';

export type Line =
  | { readonly header: ExportHeader }
  | { readonly kind: Kind; readonly row: Row }
  | { readonly reconciliation: Reconciliation };

const NOT_AN_EXPORT =
  'this is not an export of Farthing, or its first line is missing: make one with farthing export';

const CHECK_DIGITS = 16;
const CHECK = new RegExp(`,"check":"([0-9a-f]{${CHECK_DIGITS}})"}$`);

/** Writes one line after the other; each with its line feed. */
export function lineWriter(): (line: Line) => string {
  let before = '';
  return (line) => {
    const said = JSON.stringify(line).slice(0, -1);
    before = checkOf(before, said);
    return `${said},"check":"${before}"}\n`;
  };
}

/** Reads one line after the other; throws a TransferError that names the first one that is not as it was written. */
export function lineReader(): (text: string) => Line {
  let before = '';
  let number = 0;
  return (text) => {
    number += 1;
    const [end = '', check] = CHECK.exec(text) ?? [];
    const said = text.slice(0, text.length - end.length);
    if (check === undefined || checkOf(before, said) !== check) throw notAsWritten(number, text);
    before = check;
    return parsed(`${said}}`, number);
  };
}

function checkOf(before: string, said: string): string {
  return hash('sha256', before + said, 'hex').slice(0, CHECK_DIGITS);
}

function notAsWritten(number: number, text: string): TransferError {
  return new TransferError(
    number === 1 && !text.includes('farthing-export')
      ? NOT_AN_EXPORT
      : `line ${number} of the export is not as it was written: a part of the file is missing or was changed; export again`,
  );
}

function parsed(text: string, number: number): Line {
  const line = JSON.parse(text) as Line;
  if ('header' in line) {
    const { format, version } = line.header;
    if (number === 1 && format === 'farthing-export' && Number(version) === 1) return line;
    throw new TransferError(
      `line ${number} is the header of an export that this Farthing cannot read; import it with the version that made it, or a newer one`,
    );
  }
  if (number === 1) {
    throw new TransferError(NOT_AN_EXPORT);
  }
  if ('reconciliation' in line) return line;
  const columns = KIND_NAMES.includes(line.kind) ? KINDS[line.kind] : null;
  if (columns?.every((column) => column in line.row) === true) return line;
  throw new TransferError(
    `line ${number} is a row that this Farthing does not know; import it with the version that made it, or a newer one`,
  );
}
