/**
 * Scenarios that change how the network behaves. They change it for a time, so that it ends even if this program is
 * killed; all that is temporary ends together, so that they keep away where something is temporary already.
 */
import { CliError, EXIT } from '../exit.ts';
import { head } from '../follow.ts';
import { list, record, text } from '../wire.ts';
import type { Stage } from './stage.ts';

/** Longer than the payment takes, unless --timeout is. */
const OUTAGE_SECONDS = 60;

export async function breakIssuer(stage: Stage): Promise<string> {
  const outage = await calmOutage(stage);
  if (outage !== 'none') throw refused(`there is an outage already (${outage})`);
  await change(stage, { outage: 'unavailable', expires_in: OUTAGE_SECONDS });
  try {
    await stage.pay({});
    await stage.until('payment.failed', 'ISSUER_UNAVAILABLE');
  } finally {
    await change(stage, { outage: 'none' });
  }
  return 'The outage is over.';
}

export async function changeNothing(stage: Stage): Promise<undefined> {
  const outage = await calmOutage(stage);
  const after = await head(stage.client, AbortSignal.timeout(HEAD_MS_MAX));
  stage.watch({ type: 'simulation.changed' }, after);
  await change(stage, { outage, expires_in: 1 });
  await stage.until('simulation.changed');
}

const HEAD_MS_MAX = 15_000;

/** The outage that there is, where nothing else is temporary. */
async function calmOutage({ client }: Stage): Promise<string> {
  const settings = record((await client.get('/simulation')).body);
  const temporary = list(settings, 'temporary').map(String);
  if (temporary.length === 0) return text(settings, 'outage');
  throw refused(
    `${temporary.join(', ')} was changed until ${text(settings, 'expires_at')}, and this would end that sooner or later`,
  );
}

async function change({ client }: Stage, patch: object): Promise<void> {
  await client.send('PATCH', '/simulation', JSON.stringify(patch));
}

function refused(reason: string): CliError {
  return new CliError(EXIT.failed, `nothing was done: ${reason}`);
}
