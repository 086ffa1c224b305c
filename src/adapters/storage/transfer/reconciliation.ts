/**
 * What an export comes to, counted row by row: of each kind how many rows and a sum of their hashes, which does not depend
 * on their order; of the payments how many of each status; of the ledger debits and credits by account and currency; of
 * the log where each chain ends. It is the last line of an export, and what is counted again on the other side.
 */
import { hash } from 'node:crypto';
import { formatAmount } from '../../../core/money.ts';
import { integer, type Row, storedCurrency, text } from '../rows.ts';
import { type Kind, KIND_NAMES, KINDS, NOT_COMPARED } from './kinds.ts';

export interface Reconciliation {
  readonly kinds: Readonly<Record<Kind, { readonly rows: number; readonly checksum: string }>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** By `account currency`; minor units. */
  readonly ledger: Readonly<Record<string, { readonly debits: string; readonly credits: string }>>;
  /** By the chain's name. */
  readonly chains: Readonly<Record<string, { readonly entries: number; readonly hash: string }>>;
}

/** One figure on both sides. */
export interface Compared {
  readonly name: string;
  readonly exported: string;
  readonly here: string;
}

const CHECKSUM_BITS = 128n;
const CHECKSUM_DIGITS = 32;

/** Columns whose values make a row what it is. */
const COMPARED = Object.fromEntries(
  KIND_NAMES.map((kind) => [
    kind,
    KINDS[kind].filter((column) => NOT_COMPARED[kind]?.includes(column) !== true),
  ]),
) as unknown as Readonly<Record<Kind, readonly string[]>>;

export class Count {
  readonly #kinds = new Map<Kind, { rows: number; sum: bigint }>(
    KIND_NAMES.map((kind) => [kind, { rows: 0, sum: 0n }]),
  );
  readonly #statuses = new Map<string, number>();
  readonly #ledger = new Map<string, { debits: bigint; credits: bigint }>();
  readonly #chains = new Map<number, { entries: number; hash: string }>();
  readonly #names = new Map<number, string>();

  add(kind: Kind, rows: readonly Row[]): void {
    const counted = this.#kinds.get(kind);
    if (counted === undefined) return;
    for (const row of rows) {
      counted.rows += 1;
      const told = JSON.stringify(COMPARED[kind].map((column) => row[column]));
      counted.sum += BigInt(`0x${hash('sha256', told, 'hex').slice(0, CHECKSUM_DIGITS)}`);
      if (kind === 'payments') this.#addStatus(text(row, 'status'));
      if (kind === 'ledger_entries') this.#addEntry(row);
      if (kind === 'chains') this.#names.set(integer(row, 'writer_no'), text(row, 'name'));
      if (kind === 'events') this.#addEvent(row);
    }
    counted.sum = BigInt.asUintN(Number(CHECKSUM_BITS), counted.sum);
  }

  #addStatus(status: string): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  #addEntry(row: Row): void {
    const amount = BigInt(integer(row, 'amount_minor'));
    const currency = text(row, 'currency');
    this.#sides(`${text(row, 'debit')} ${currency}`).debits += amount;
    this.#sides(`${text(row, 'credit')} ${currency}`).credits += amount;
  }

  #sides(name: string): { debits: bigint; credits: bigint } {
    const sides = this.#ledger.get(name) ?? { debits: 0n, credits: 0n };
    this.#ledger.set(name, sides);
    return sides;
  }

  #addEvent(row: Row): void {
    this.#chains.set(integer(row, 'writer_no'), {
      entries: integer(row, 'place'),
      hash: text(row, 'hash'),
    });
  }

  result(): Reconciliation {
    const named = <Value>(entries: Iterable<readonly [string, Value]>) =>
      Object.fromEntries(Array.from(entries).sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
    const kinds = Array.from(this.#kinds, ([kind, { rows, sum }]) => {
      return [kind, { rows, checksum: sum.toString(16).padStart(CHECKSUM_DIGITS, '0') }] as const;
    });
    return {
      kinds: Object.fromEntries(kinds) as Reconciliation['kinds'],
      statuses: named(this.#statuses),
      ledger: named(
        Array.from(this.#ledger, ([name, { debits, credits }]) => {
          return [name, { debits: String(debits), credits: String(credits) }] as const;
        }),
      ),
      chains: named(
        Array.from(
          this.#chains,
          ([no, end]) => [this.#names.get(no) ?? `number ${no}`, end] as const,
        ),
      ),
    };
  }
}

/** Every figure of both, side by side. They agree when all of them do. */
export function compare(exported: Reconciliation, here: Reconciliation): Compared[] {
  const lines = (of: Reconciliation) => new Map(figuresOf(of));
  const [left, right] = [lines(exported), lines(here)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    exported: left.get(name) ?? 'none',
    here: right.get(name) ?? 'none',
  }));
}

function figuresOf({ kinds, statuses, ledger, chains }: Reconciliation): [string, string][] {
  return [
    ...Object.entries(kinds).map(([kind, { rows, checksum }]): [string, string] => [
      kind,
      `${rows}, sum ${checksum.slice(0, 8)}`,
    ]),
    ...Object.entries(statuses).map(([status, n]): [string, string] => [status, String(n)]),
    ...Object.entries(ledger).map(([name, { debits, credits }]): [string, string] => [
      name,
      `${money(debits, name)} debit, ${money(credits, name)} credit`,
    ]),
    ...Object.entries(chains).map(([name, end]): [string, string] => [
      `chain ${name}`,
      `${end.entries}, ends with ${end.hash.slice(0, 8)}`,
    ]),
  ];
}

/** Without a currency: the name has it. Of one that nobody knows, minor units. */
function money(minor: string, name: string): string {
  const code = name.split(' ').at(-1) ?? '';
  const currency = storedCurrency(code);
  return currency === undefined ? minor : formatAmount(BigInt(minor), currency.minorDigits);
}
