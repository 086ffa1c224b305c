/** Exports and imports, whatever the stores are. What is held of the data at a time is a page of rows. */
import type { Row } from '../rows.ts';
import { type Kind, KIND_NAMES } from './kinds.ts';
import { lineReader, lineWriter } from './lines.ts';
import {
  type ExportHeader,
  TransferError,
  type TransferSource,
  type TransferTarget,
} from './ports.ts';
import { type Compared, compare, Count, type Reconciliation } from './reconciliation.ts';

/** Rows handed to a target at a time. */
const PAGE_ROWS = 500;
/** Characters, so that rows of the largest size do not fill memory. */
const PAGE_CHARS = 4 * 1024 * 1024;

export type Made = Pick<ExportHeader, 'made_by' | 'made_at'>;

/** The whole of an export, in pieces of text; what it comes to is handed to `done` before the last one. */
export async function* exportText(
  source: TransferSource,
  made: Made,
  done: (total: Reconciliation) => void,
): AsyncGenerator<string> {
  const write = lineWriter();
  const count = new Count();
  yield write({ header: { format: 'farthing-export', version: 1, ...made, ...source.header } });
  for (const kind of KIND_NAMES) {
    for await (const rows of source.rows(kind)) {
      count.add(kind, rows);
      yield rows.map((row) => write({ kind, row })).join('');
    }
  }
  const reconciliation = count.result();
  done(reconciliation);
  yield write({ reconciliation });
}

/**
 * Fills the target that `open` gives for this header, counts what is there and compares. It commits when nothing differs;
 * else nothing of it stays. Throws a TransferError when the export cannot be read whole.
 */
export async function importText(
  lines: AsyncIterable<string>,
  open: (header: ExportHeader) => Promise<TransferTarget>,
): Promise<readonly Compared[]> {
  let target: TransferTarget | null = null;
  try {
    let exported: Reconciliation | null = null;
    const count = new Count();
    for await (const page of pagesOf(lines)) {
      if ('header' in page) target = await open(page.header);
      else if ('reconciliation' in page) exported = page.reconciliation;
      else {
        count.add(page.kind, page.rows);
        await target?.write(page.kind, page.rows);
      }
    }
    if (target === null) throw new TransferError('there is nothing to import: the input is empty');
    if (exported === null) {
      throw new TransferError('the export ends before its last line: it was cut off; export again');
    }
    if (differences(compare(exported, count.result())).length > 0) {
      throw new TransferError(
        'the rows of the export are not what its last line says; export again',
      );
    }
    const compared = compare(exported, await counted(await target.finish()));
    if (differences(compared).length === 0) await target.commit();
    return compared;
  } finally {
    await target?.close();
  }
}

export function differences(compared: readonly Compared[]): Compared[] {
  return compared.filter(({ exported, here }) => exported !== here);
}

async function counted(source: TransferSource): Promise<Reconciliation> {
  const count = new Count();
  for (const kind of KIND_NAMES) {
    for await (const rows of source.rows(kind)) count.add(kind, rows);
  }
  return count.result();
}

type Page =
  | { readonly header: ExportHeader }
  | { readonly kind: Kind; readonly rows: readonly Row[] }
  | { readonly reconciliation: Reconciliation };

async function* pagesOf(lines: AsyncIterable<string>): AsyncGenerator<Page> {
  const read = lineReader();
  let rows: Row[] = [];
  let kind: Kind | null = null;
  let chars = 0;
  let isEnded = false;
  for await (const text of lines) {
    const line = read(text);
    if (isEnded) throw new TransferError('the export goes on behind its last line; export again');
    const isSame = 'kind' in line && line.kind === kind && rows.length < PAGE_ROWS;
    if (kind !== null && rows.length > 0 && (!isSame || chars > PAGE_CHARS)) {
      yield { kind, rows };
      [rows, chars] = [[], 0];
    }
    if ('kind' in line) {
      assertInOrder(kind, line.kind);
      kind = line.kind;
      rows.push(line.row);
      chars += text.length;
    } else {
      isEnded = 'reconciliation' in line;
      yield line;
    }
  }
  // Whoever is cut off behind a row: it is said by the caller, who finds no last line.
  if (kind !== null && rows.length > 0) yield { kind, rows };
}

function assertInOrder(before: Kind | null, kind: Kind): void {
  if (before !== null && KIND_NAMES.indexOf(kind) < KIND_NAMES.indexOf(before)) {
    throw new TransferError(`rows of ${kind} come after those of ${before}; export again`);
  }
}
