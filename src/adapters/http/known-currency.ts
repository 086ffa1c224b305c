/** Currencies that callers name. */
import { allCurrencies, type Currency, findCurrency } from '../../core/currencies.ts';
import { nearest } from '../../core/nearest.ts';
import { Problem } from './problems.ts';

/** The currency of this code, any case; throws a Problem about `pointer` that suggests the nearest one. */
export function knownCurrency(code: string, pointer: string): Currency {
  const currency = findCurrency(code.trim());
  if (currency !== undefined) return currency;
  const codes = allCurrencies().map((known) => known.code);
  const suggestion = nearest(code.trim().toUpperCase(), codes);
  const detail =
    'currency is not an active ISO 4217 code such as USD, EUR or JPY' +
    (suggestion === null ? '.' : `; did you mean ${suggestion}?`);
  throw new Problem('unknown_currency', detail, {
    errors: [{ pointer, code: 'unknown_currency', detail }],
  });
}
