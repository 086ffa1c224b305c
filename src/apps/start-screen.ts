/** What a person sees who starts the server in a terminal: at most twelve lines, the URLs first. */
import { styleText } from 'node:util';
import type { Config } from './config.ts';
import { shownDatabase } from './database-kind.ts';
import { urlHost } from './url-host.ts';
import { VERSION } from './version.ts';

export interface StartFacts {
  readonly config: Config;
  readonly port: number;
  readonly seed: string;
  readonly startMs: number;
  readonly hasDashboard: boolean;
}

export function startScreen({ config, port, seed, startMs, ...facts }: StartFacts): string {
  const url = `http://${urlHost(config.host)}:${port}`;
  const { failureRate, processingDelayMs } = config.simulation;
  const rows = [
    ...(facts.hasDashboard ? [['Dashboard', `${url}/demo`] as const] : []),
    ['API', `${url}/payments`],
    ['Explore', `${url}/docs`],
    ['Database', `${shownDatabase(config)} (every answer is on disk)`],
    [
      'Simulation',
      `${failureRate * 100} % fail, outcome after ${processingDelayMs} ms, seed ${seed}`,
    ],
    ...(config.webhooks.url === null
      ? []
      : [['Webhooks', webhookLine(config.webhooks.url)] as const]),
  ] as const;
  return [
    '',
    `  ${styleText('bold', `Farthing ${VERSION}`)} is ready in ${startMs} ms. Ctrl-C stops it.`,
    '',
    ...rows.map(([name, value]) => `  ${styleText('dim', name.padEnd(11))} ${value}`),
    '',
    `  curl -s ${url}/payments -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\`,
    `    -d '{"amount": 250.00, "currency": "USD", "recipient": "alice@example.com"}'`,
    '',
    '',
  ].join('\n');
}

/** Without its path, which may be what keeps it secret. */
function webhookLine(url: string): string {
  return `every payment event to ${new URL(url).origin} (signed: farthing webhooks list)`;
}
