/** The texts of the two pages we write ourselves; no script of ours is in them. */

export const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Farthing API reference</title>
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="/openapi.json" disable-search></redoc>
<script src="/redoc/redoc.standalone.js"></script>
</body>
</html>
`;

/** `origin` is where the reader reached us: the lines to paste must work as they stand. */
export function landingPage(version: string, origin: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Farthing</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#d9d9de, #3a3a40); --soft: light-dark(#5b5b66, #a5a5b0);
  --code: light-dark(#f4f4f6, #1f1f24); --link: light-dark(#0b57d0, #8ab4f8) }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 3rem 1.25rem }
h1 { font-size: 2rem; margin: 0 }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem }
p { margin: .5rem 0 }
.soft { color: var(--soft) }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem;
  overflow-x: auto; font: 13px/1.5 ui-monospace, monospace }
ul { list-style: none; padding: 0; margin: 0; border: 1px solid var(--line); border-radius: 8px }
li { display: grid; grid-template-columns: 12rem 1fr; gap: 1rem; padding: .55rem 1rem }
li + li { border-top: 1px solid var(--line) }
a { color: var(--link); text-underline-offset: .15em }
@media (max-width: 30rem) { li { grid-template-columns: 1fr; gap: 0 } }
</style>
</head>
<body>
<h1>Farthing</h1>
<p class="soft">A whole payment network in one process: it takes payments, decides, keeps a double-entry ledger and
never forgets what it answered. Version ${version}.</p>
<h2>Send a payment</h2>
<pre>curl -s ${origin}/payments \\
  -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\
  -d '{"amount": 250.00, "currency": "USD", "recipient": "alice@example.com"}'</pre>
<h2>Look around</h2>
<ul>
<li><a href="/docs">/docs</a><span>Every operation, to try out (Swagger UI)</span></li>
<li><a href="/redoc">/redoc</a><span>The same as a reference to read</span></li>
<li><a href="/openapi.json">/openapi.json</a><span>The same for programs (OpenAPI 3.1)</span></li>
<li><a href="/payments">/payments</a><span>The latest payments</span></li>
<li><a href="/summary">/summary</a><span>Totals</span></li>
<li><a href="/events">/events</a><span>The event log from its beginning</span></li>
<li><a href="/ledger/trial-balance">/ledger/trial-balance</a><span>Debits and credits per currency</span></li>
<li><a href="/errors">/errors</a><span>Every error code and what to do about it</span></li>
<li><a href="/metrics">/metrics</a><span>Prometheus metrics</span></li>
</ul>
</body>
</html>
`;
}

/** The name in the bar of Swagger UI, in place of its maker's. */
export const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40" viewBox="0 0 160 40">' +
  '<text x="0" y="28" font-family="system-ui, sans-serif" font-size="26" font-weight="700" fill="#fff">' +
  'Farthing</text></svg>';
