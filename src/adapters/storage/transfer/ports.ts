/** What moving data needs of a store: to be read as rows by kind, and to be filled with them. */
import type { Row } from '../rows.ts';
import type { Kind } from './kinds.ts';

/** The first line of an export. */
export interface ExportHeader {
  readonly format: 'farthing-export';
  readonly version: 1;
  /** Of the Farthing that made it. */
  readonly made_by: string;
  /** ISO 8601. */
  readonly made_at: string;
  /** The name of the log. */
  readonly log: string;
  readonly store: 'sqlite' | 'postgres';
  /** `several`: payments were numbered by several writers, each within numbers of its own. */
  readonly ordinals: 'one' | 'several';
}

/** A store as it stood at one moment. */
export interface TransferSource {
  readonly header: Pick<ExportHeader, 'log' | 'store' | 'ordinals'>;
  /** All rows of a kind, some hundred at a time. */
  rows(kind: Kind): AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
  close(): Promise<void>;
}

/** An empty store that is being filled. Until `commit` resolves, nothing of it is there for a server. */
export interface TransferTarget {
  /** Rows of one kind; kinds come in their order, each in any number of calls. */
  write(kind: Kind, rows: readonly Row[]): Promise<void>;
  /** After the last row. What was written can then be read again. */
  finish(): Promise<TransferSource>;
  /** From now on it is a database like any other. */
  commit(): Promise<void>;
  /** Leaves nothing behind; also after a commit that failed. */
  close(): Promise<void>;
}

/** An export that cannot be read, or a database that cannot take it; a sentence that says what to do. */
export class TransferError extends Error {}
