/**
 * What a recount compares, on whichever store: everything that is kept as a running total is added up again from the rows
 * that it was made of. Whoever reads the rows hands them in; sums are bigints, because they outgrow 64 bits.
 */
import { formatAmount } from '../../core/money.ts';
import { type Row, storedCurrency, text } from './rows.ts';
import { counting, Differences, EXAMPLES_MAX, type RecountCheck } from './sqlite/recount-check.ts';
import type { LedgerSides } from './sqlite/running.ts';

/** Accounts: entries against totals, and debits against credits. */
export class AccountsCount {
  readonly #counted = new Map<string, LedgerSides>();
  readonly #kept = new Map<string, LedgerSides>();
  #entries = 0;

  /** A total of `ledger_totals`; its sums are decimal text. */
  addTotal(row: Row): void {
    addSides(this.#kept, `${text(row, 'account')} ${text(row, 'currency')}`, {
      debitsMinor: decimal(row, 'debits_minor'),
      creditsMinor: decimal(row, 'credits_minor'),
    });
  }

  addEntry(row: Row): void {
    const minor = whole(row, 'amount_minor');
    const currency = text(row, 'currency');
    addSides(this.#counted, `${text(row, 'debit')} ${currency}`, {
      debitsMinor: minor,
      creditsMinor: 0n,
    });
    addSides(this.#counted, `${text(row, 'credit')} ${currency}`, {
      debitsMinor: 0n,
      creditsMinor: minor,
    });
    this.#entries += 1;
  }

  totals(): RecountCheck {
    const differences = new Differences();
    for (const name of new Set([...this.#counted.keys(), ...this.#kept.keys()])) {
      const [account = '', currency = ''] = name.split(' ');
      for (const side of ['debitsMinor', 'creditsMinor'] as const) {
        const entriesSay = this.#counted.get(name)?.[side] ?? 0n;
        const totalSays = this.#kept.get(name)?.[side] ?? 0n;
        if (entriesSay === totalSays) continue;
        const what = side === 'debitsMinor' ? 'debits' : 'credits';
        differences.add(
          `${account}: the entries make ${money(entriesSay, currency)} of ${what}, the total says ${money(totalSays, currency)}`,
        );
      }
    }
    return differences.check(
      'account_totals',
      'account totals are the sums of their entries',
      `${counting(this.#kept.size, 'account total')}, ${counting(this.#entries, 'entry', 'entries')}`,
    );
  }

  balance(): RecountCheck {
    const differences = new Differences();
    const currencies = new Map<string, LedgerSides>();
    for (const [name, sides] of this.#kept) addSides(currencies, name.split(' ')[1] ?? '', sides);
    for (const [currency, { debitsMinor, creditsMinor }] of currencies) {
      if (debitsMinor === creditsMinor) continue;
      differences.add(
        `debits are ${money(debitsMinor, currency)}, credits ${money(creditsMinor, currency)}`,
      );
    }
    const sums = [...currencies].map(([currency, { debitsMinor }]) => money(debitsMinor, currency));
    const shown =
      sums.length > EXAMPLES_MAX
        ? counting(sums.length, 'currency', 'currencies')
        : sums.join(', ');
    return differences.check(
      'trial_balance',
      'debits equal credits in every currency',
      shown === '' ? 'nothing was moved yet' : shown,
    );
  }
}

/** Payments against their ledger entries and refunds. */
export class AmountsCount {
  readonly #differences = new Differences();
  #payments = 0;

  add(payment: Row, entries: readonly Row[], refunds: readonly Row[]): void {
    this.#payments += 1;
    const id = text(payment, 'payment_id');
    const currency = text(payment, 'currency');
    const entriesSum = (kind: string) => sum(entries.filter((entry) => entry['kind'] === kind));
    const claims = [
      ['captured', whole(payment, 'captured_minor'), 'its entries', entriesSum('capture')],
      ['refunded', whole(payment, 'refunded_minor'), 'its entries', entriesSum('refund')],
      ['refunded', whole(payment, 'refunded_minor'), 'its refunds', sum(refunds)],
    ] as const;
    for (const [what, kept, source, counted] of claims) {
      if (kept === counted) continue;
      this.#differences.add(
        `${id}: says ${money(kept, currency)} ${what}, ${source} make ${money(counted, currency)}`,
      );
    }
    for (const entry of entries) {
      if (entry['currency'] === currency) continue;
      this.#differences.add(
        `${id}: is in ${currency}, but has an entry in ${text(entry, 'currency')}`,
      );
    }
    const posted = new Set(
      entries
        .filter((entry) => entry['kind'] === 'refund')
        .map((entry) => movement(entry, 'operation')),
    );
    for (const refund of refunds) {
      if (posted.has(movement(refund, 'refund_id'))) continue;
      this.#differences.add(
        `${id}: refund ${text(refund, 'refund_id')} has no entry of its amount`,
      );
    }
  }

  /** Rows of a payment that is not there. */
  addStray(id: string, what: 'ledger entries' | 'refunds'): void {
    this.#differences.add(`${id}: has ${what}, but is no payment`);
  }

  check(): RecountCheck {
    return this.#differences.check(
      'payment_amounts',
      'captured and refunded are what entries and refunds say',
      counting(this.#payments, 'payment'),
    );
  }
}

/** Counters against a count of the payments, and of the events that decided each card payment's first attempt. */
export class CountersCount {
  readonly #counted = new Map<string, bigint>();
  readonly #kept = new Map<string, bigint>();

  addPayment(row: Row): void {
    this.#add(`status:${text(row, 'status')}`, 1n);
    if (row['failure_reason'] !== null) this.#add(`reason:${text(row, 'failure_reason')}`, 1n);
    const capturedMinor = whole(row, 'captured_minor');
    if (capturedMinor !== 0n) this.#add(`volume:${text(row, 'currency')}`, capturedMinor);
  }

  addAuthorization(row: Row): void {
    const currency = text(row, 'currency');
    const isApproved = text(row, 'type') !== 'payment.failed';
    this.#add(`${isApproved ? 'card_approved' : 'card_declined'}:${currency}`, 1n);
    const amountMinor = whole(row, 'amount_minor');
    if (amountMinor !== 0n) this.#add(`card_amount:${currency}`, amountMinor);
  }

  /** A row of `counters`; its total is decimal text. */
  addCounter(row: Row): void {
    this.#kept.set(text(row, 'name'), decimal(row, 'total'));
  }

  #add(name: string, by: bigint): void {
    this.#counted.set(name, (this.#counted.get(name) ?? 0n) + by);
  }

  check(): RecountCheck {
    const differences = new Differences();
    const names = new Set([...this.#counted.keys(), ...this.#kept.keys()]);
    for (const name of names) {
      const recounted = this.#counted.get(name) ?? 0n;
      const counter = this.#kept.get(name) ?? 0n;
      if (recounted === counter) continue;
      const [kind, what = ''] = name.split(':', 2);
      const isMoney = kind === 'volume' || kind === 'card_amount';
      const shown = (total: bigint) => (isMoney ? money(total, what) : String(total));
      differences.add(`${name} says ${shown(counter)}, the payments make ${shown(recounted)}`);
    }
    return differences.check(
      'counters',
      'counters are what a count of the payments gives',
      counting(names.size, 'counter'),
    );
  }
}

/** Payments against the log. */
export class VersionsCount {
  readonly #differences = new Differences();
  #payments = 0;

  /** `log` has the number of a payment's events and the last one's number; undefined when it has none. */
  add(payment: Row, log: Row | undefined): void {
    const id = text(payment, 'payment_id');
    const version = whole(payment, 'version');
    this.#payments += 1;
    if (log === undefined) {
      this.#differences.add(`${id}: is at version ${version}, the log does not know it`);
    } else if (whole(log, 'last') !== version) {
      this.#differences.add(
        `${id}: is at version ${version}, its last event is number ${whole(log, 'last')}`,
      );
    } else if (whole(log, 'events') !== version) {
      this.#differences.add(
        `${id}: is at version ${version}, but has ${whole(log, 'events')} events`,
      );
    }
  }

  addStray(id: string): void {
    this.#differences.add(`${id}: has events, but is no payment`);
  }

  check(): RecountCheck {
    return this.#differences.check(
      'versions',
      'each payment is at the version of its last event',
      counting(this.#payments, 'payment'),
    );
  }
}

/** Timers against the payments under way. */
export class TimersCount {
  readonly #timers = new Set<string>();
  readonly #differences = new Differences();
  #underWay = 0;

  addTimer(row: Row): void {
    this.#timers.add(`${text(row, 'payment_id')} ${text(row, 'kind')} ${whole(row, 'attempt')}`);
  }

  /** After all timers: a payment that is CREATED or PROCESSING. */
  addPayment(row: Row): void {
    const id = text(row, 'payment_id');
    const status = text(row, 'status');
    const kind = status === 'CREATED' ? 'start' : 'complete';
    this.#underWay += 1;
    if (this.#timers.has(`${id} ${kind} ${whole(row, 'attempts')}`)) return;
    this.#differences.add(`${id}: is ${status}, but no timer will take it on`);
  }

  check(): RecountCheck {
    return this.#differences.check(
      'timers',
      'a timer is set for every payment under way',
      counting(this.#underWay, 'payment'),
    );
  }
}

/** What identifies one movement of money: what it was made for, and how much. */
function movement(row: Row, column: 'operation' | 'refund_id'): string {
  return `${text(row, column)} ${whole(row, 'amount_minor')}`;
}

function addSides(sums: Map<string, LedgerSides>, name: string, by: LedgerSides): void {
  const before = sums.get(name) ?? { debitsMinor: 0n, creditsMinor: 0n };
  sums.set(name, {
    debitsMinor: before.debitsMinor + by.debitsMinor,
    creditsMinor: before.creditsMinor + by.creditsMinor,
  });
}

function whole(row: Row, column: string): bigint {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw new Error(`${column} is not an integer; the database is damaged`);
}

function decimal(row: Row, column: string): bigint {
  const value = text(row, column);
  if (/^-?\d+$/.test(value)) return BigInt(value);
  throw new Error(`${column} is not a number; the database is damaged`);
}

function sum(list: readonly Row[]): bigint {
  return list.reduce((total, row) => total + whole(row, 'amount_minor'), 0n);
}

/** `250.00 USD`, with all the digits the currency has; of a currency that nobody knows, minor units. */
function money(minor: bigint, code: string): string {
  const currency = storedCurrency(code);
  if (currency === undefined) return `${minor} minor units of ${code}`;
  const { minorDigits } = currency;
  const [text_ = '', fraction = ''] = formatAmount(minor, minorDigits).split('.');
  return `${text_}${minorDigits === 0 ? '' : `.${fraction.padEnd(minorDigits, '0')}`} ${code}`;
}
