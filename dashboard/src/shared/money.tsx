/** Amounts as people read them: all digits of the currency, and its code. */
const formats = new Map<string, Intl.NumberFormat>();

export function formatMoney(amount: number, currency: string | null): string {
  return `${formatOf(currency).format(amount)} ${currency ?? '–'}`;
}

/** Without its code, for where that stands already. */
export function formatAmount(amount: number, currency: string): string {
  return formatOf(currency).format(amount);
}

/** The code is set back: columns of amounts are read by their digits. */
export function Money({ amount, currency }: { amount: number; currency: string | null }) {
  return (
    <span className="whitespace-nowrap">
      {formatOf(currency).format(amount)} <span className="text-soft">{currency ?? '–'}</span>
    </span>
  );
}

export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

function formatOf(currency: string | null): Intl.NumberFormat {
  const code = currency ?? '';
  const known = formats.get(code);
  if (known !== undefined) return known;
  const digits = digitsOf(code);
  const format = new Intl.NumberFormat('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(code, format);
  return format;
}

/** Fraction digits of a currency: 2 for one that the browser does not know. */
function digitsOf(code: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
