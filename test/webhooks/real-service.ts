/** The application as `npm start` wires it and receivers on real sockets; what a test opened is closed after it. */
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { compose } from '../../src/apps/compose.ts';
import { effectiveSettings, parseConfig } from '../../src/apps/config.ts';
import type { SettingName } from '../../src/apps/settings.ts';
import type { Engine } from '../../src/engine/ports.ts';
import { type TestPlace, testPlace } from '../support/store.ts';
import { type Behaviour, type Receiver, startReceiver } from '../support/receivers.ts';

export interface RealService {
  readonly engine: Engine;
  readonly place: TestPlace;
  readonly url: string;
  /** Lines that were logged as warnings or worse. */
  readonly complaints: readonly string[];
  /** Sends JSON and reads JSON; throws on an answer that is neither a 2xx nor empty. */
  call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer>;
  pay(times: number): Promise<void>;
  /** Ends it; its files stay. */
  end(): Promise<void>;
}

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Closed after the test. */
export async function receiver(behaviour?: Behaviour): Promise<Receiver> {
  const made = await startReceiver(behaviour);
  closing.push(() => made.close());
  return made;
}

/** What DATABASE_URL says for services that are started one after the other on the same data. */
export async function keptUrl(): Promise<string> {
  const place = await testPlace();
  closing.push(() => place.remove());
  return place.url;
}

/** Pino's number for it. */
const WARN = 40;

/** Started, listening; ended after the test. */
export async function realService(
  environment: Partial<Record<SettingName, string>> = {},
): Promise<RealService> {
  const place = await testPlace();
  closing.push(() => place.remove());
  const settings = {
    DATABASE_URL: place.url,
    FAILURE_RATE: '0',
    PROCESSING_DELAY_MS: '20',
    ...environment,
  };
  const complaints: string[] = [];
  const write = (line: string) => {
    if ((JSON.parse(line) as { level: number }).level >= WARN) complaints.push(line);
  };
  const service = await compose(
    parseConfig(effectiveSettings(settings, {})),
    pino({ level: 'info' }, { write }),
    (error) => {
      throw error;
    },
  );
  service.begin();
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= service.end());
  closing.push(end);
  const call = async <Answer>(method: string, at: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${url}${at}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at} answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };
  return {
    engine: service.engine,
    place,
    url,
    complaints,
    call,
    async pay(times) {
      const body = { amount: 100, currency: 'USD', recipient: 'alice@example.com' };
      await Promise.all(Array.from({ length: times }, () => call('POST', '/payments', body)));
    },
    end,
  };
}
