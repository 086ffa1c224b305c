/** The payments that are sent: the same one to many recipients, so that the indexes are worked like in real life. */

/**
 * More recipients than a page cache's hot spot, few enough that building them costs no time. BENCH_RECIPIENTS=1 sends
 * one and the same body, as simple load generators do.
 */
export const RECIPIENTS = Number(process.env['BENCH_RECIPIENTS'] ?? 5_000);

/** JSON texts; amounts keep the digits that a caller writes. */
export function paymentBodies(): string[] {
  return Array.from(
    { length: RECIPIENTS },
    (_, index) =>
      `{"amount":250.00,"currency":"USD","recipient":"${recipient(index)}","description":"Invoice #1042"}`,
  );
}

/** The recipient of the n-th payment, from 0; not in alphabetical order. */
export function recipient(index: number): string {
  return `alice.${String((index * 2_741) % RECIPIENTS).padStart(4, '0')}@example.com`;
}

export function getRequest(url: URL): Buffer {
  return Buffer.from(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
}
