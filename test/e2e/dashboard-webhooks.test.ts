/** The page of webhooks as people use it: the first signed webhook, endpoints, deliveries, the built-in receiver. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import {
  dashboardUnderTest,
  expectLive,
  expectLoaded,
  expectShown,
} from '../support/dashboard-under-test.ts';

const { start, openPage, expectFailedRequests } = dashboardUnderTest();

type Service = Awaited<ReturnType<typeof start>>;

const HERE = '/demo/webhooks';

/** Endpoints outlive a reset, so that every test has a service of its own. */
const serve = () => start({});

const rows = (page: Page) => page.getByTestId('delivery-list').locator('tbody tr');
const row = (page: Page, id: string) => page.locator(`[data-delivery="${id}"]`);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page) => page.getByTestId('delivery-status');

async function endpoint({ send }: Service, fields: object = {}): Promise<string> {
  return String((await send('/webhook-endpoints', { url: '/sinks/shop', ...fields }))['id']);
}

async function change({ url }: Service, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly event_type: string;
}

/** Waits until every delivery is in one of these states; the newest first. */
async function settled({ url }: Service, count: number, ...states: string[]): Promise<Listed[]> {
  for (;;) {
    const answer = await fetch(`${url}/webhook-deliveries?limit=100`);
    const { data } = (await answer.json()) as { data: Listed[] };
    const there = data.filter((one) => states.includes(one.status));
    if (data.length === count && there.length === count) return data;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What stands on the page may hold no secret, in no attribute either. */
async function expectNoSecret(page: Page): Promise<void> {
  expect(await page.content()).not.toContain('whsec_');
}

async function takenSecret(page: Page): Promise<string> {
  const secret = await page.getByTestId('secret').innerText();
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  await button(page, 'I have kept it').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expectNoSecret(page);
  return secret;
}

describe('a newcomer', () => {
  test('sees a signed webhook after one press, and its secret once', async () => {
    const service = await serve();
    const page = await openPage(`${service.url}${HERE}`);
    await expectShown(page, 'pre', `curl -s ${service.url}/webhook-endpoints`);
    await button(page, 'Create an endpoint that points to the built-in sink').click();
    await takenSecret(page);
    await page.waitForURL(`${service.url}${HERE}?view=sink&sink=demo`);
    await page.locator('#page:focus').waitFor();
    await page.locator('[data-message=msg_1]').click();
    const verdict = page.getByTestId('verdict');
    await verdict.filter({ hasText: /Valid\s*signed with the secret of the endpoint/ }).waitFor();
    await expectShown(page, 'dt', 'webhook-signature');
    await expectShown(page, 'pre', '"type": "payment.succeeded"');
    await page.reload();
    await verdict.waitFor();
    await expectNoSecret(page);
  });
});

describe('an endpoint', () => {
  test('is made, refused with the reason, changed, paused and resumed', async () => {
    const service = await serve();
    const page = await openPage(`${service.url}${HERE}`);
    await button(page, 'New endpoint').click();
    await page.getByLabel('URL', { exact: true }).fill('ftp://shop.example');
    await button(page, 'Create endpoint').click();
    await expectShown(page, '[role=alert]', 'must be an http or https address');
    await page.getByLabel('URL', { exact: true }).fill('/sinks/shop');
    await page.getByLabel('All events').uncheck();
    await page.getByLabel('payment.failed').check();
    await page.getByLabel('Payload').selectOption('payment');
    await page.getByLabel('Ordering').selectOption('strict');
    await button(page, 'Create endpoint').click();
    await takenSecret(page);
    await expectShown(page, 'p', 'payment.failed · payment · ordering strict');
    await button(page, 'Edit').click();
    expect(await page.getByLabel('payment.failed').isChecked()).toBe(true);
    await page.getByLabel('Description').fill('The shop');
    await page.getByLabel('payment.refunded').check();
    await button(page, 'Save').click();
    await expectShown(page, 'p', 'The shop');
    await expectShown(page, 'p', 'payment.failed, payment.refunded · payment · ordering strict');
    await button(page, 'Pause').click();
    await expectShown(page, 'li', 'Paused');
    await button(page, 'Resume').click();
    await expectShown(page, 'li', 'Enabled');
    expectFailedRequests();
  });

  test('gets another secret, which is shown once, and is deleted at the second press', async () => {
    const service = await serve();
    const { id, secret } = await service.send('/webhook-endpoints', { url: '/sinks/shop' });
    await service.pay();
    await settled(service, 3, 'delivered');
    const page = await openPage(`${service.url}${HERE}?endpoint=${String(id)}`);
    await button(page, 'Rotate secret').click();
    await expectShown(page, 'dialog p', 'For 24 hours the secret before it signs too');
    expect(await takenSecret(page)).not.toBe(secret);
    await expectShown(page, 'p', 'the secret before signs too until');
    await button(page, 'Delete').click();
    await button(page, 'Press again to delete it and its 3 deliveries').click();
    await expectShown(page, 'p', 'Nobody is told of anything yet');
    expect(new URL(page.url()).search).toBe('');
  });

  test('says how it went lately, and opens what a test ended with', async () => {
    const service = await serve();
    await endpoint(service);
    await service.pay();
    await settled(service, 3, 'delivered');
    await change(service, '/sinks/shop', { status: 503 });
    const page = await openPage(`${service.url}${HERE}`);
    await button(page, 'Send a test').click();
    await status(page).filter({ hasText: 'Failing' }).waitFor();
    await expectShown(page, 'p', /Next try (in|now)/);
    await expectShown(page, 'summary', /#1 503.*status 503/s);
    await expectShown(page, 'li', /3 delivered, 1 failing.*p95 \d/s);
  });

  test('that the environment names stays where it is', async () => {
    const service = await start({ WEBHOOK_URL: 'http://127.0.0.1:9/hook' });
    const page = await openPage(`${service.url}${HERE}`);
    await expectShown(page, 'p', 'named by WEBHOOK_URL');
    await button(page, 'Edit').click();
    expect(await page.getByLabel('URL', { exact: true }).getAttribute('readonly')).not.toBeNull();
    await page.keyboard.press('Escape');
    await button(page, 'Delete').click();
    await button(page, 'Press again to delete it and its 0 deliveries').click();
    await expectShown(page, '[role=alert]', 'WEBHOOK_URL names this endpoint');
    expectFailedRequests();
  });
});

describe('deliveries', () => {
  test('are filtered by what stands in the URL, and a list without any says so', async () => {
    const service = await serve();
    const first = await endpoint(service);
    await endpoint(service, { url: '/sinks/other', events: ['payment.failed'] });
    const id = await service.pay();
    await service.pay({ simulate: { outcome: 'INSUFFICIENT_FUNDS' } });
    await settled(service, 7, 'delivered');
    const page = await openPage(`${service.url}${HERE}?payment=${id}`);
    await rows(page).nth(2).waitFor();
    expect(await rows(page).count()).toBe(3);
    await page.getByRole('link', { name: /^Remove the filter Payment/ }).click();
    await rows(page).nth(6).waitFor();
    await page.getByLabel('Filter by event').selectOption('payment.failed');
    await rows(page).nth(2).waitFor({ state: 'detached' });
    await page.getByLabel('Filter by endpoint').selectOption(first);
    await rows(page).nth(1).waitFor({ state: 'detached' });
    await page.getByLabel('Filter by status').selectOption('dead');
    const words = '«Endpoint: /sinks/shop» and «Status: dead» and «Event: payment.failed»';
    await expectShown(page, 'p', `No delivery meets ${words}`);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      endpoint: first,
      status: 'dead',
      event_type: 'payment.failed',
    });
    await page.getByRole('link', { name: 'Show all deliveries' }).click();
    await rows(page).nth(6).waitFor();
  });

  test('tell what went wrong at which attempt, and are sent again', async () => {
    const service = await serve();
    await endpoint(service, {
      events: ['payment.succeeded'],
      faults: { corrupt_signature: { next: 1 } },
    });
    await change(service, '/sinks/shop', { status: 503 });
    const id = await service.pay();
    await settled(service, 1, 'failing');
    const page = await openPage(`${service.url}${HERE}`);
    await page.getByRole('link', { name: 'payment.succeeded' }).click();
    await status(page).filter({ hasText: 'Failing' }).waitFor();
    await expectShown(page, 'summary', /#1 503.*Broken on purpose: corrupt signature/s);
    await expectShown(page, 'dt', 'webhook-timestamp');
    await expectShown(page, 'dt', 'content-length');
    await expectShown(page, 'pre', `"payment_id": "${id}"`);
    await change(service, '/sinks/shop', { status: 200 });
    await button(page, 'Resend').click();
    await status(page).filter({ hasText: 'Delivered' }).waitFor();
    // On a slow machine the schedule has come to its second attempt meanwhile.
    await expectShown(page, 'h3', /^[2-9] attempts$/);
    await expectShown(page, 'p', 'Nothing more is sent.');
    await page.goto(`${service.url}${HERE}?view=sink&sink=shop&message=msg_1`);
    await expectShown(page, '[data-testid=verdict]', /Invalid.*signed with another secret/s);
    await page.goto(`${service.url}/demo/payments/${id}`);
    await page.getByRole('tab', { name: 'Webhooks' }).click();
    await expectShown(page, 'li', /payment\.succeeded.*Delivered.*\/sinks\/shop.*[2-9] attempts/s);
  });

  test('of before there was an endpoint come by a replay', async () => {
    const service = await serve();
    await service.pay();
    await endpoint(service);
    const page = await openPage(`${service.url}${HERE}`);
    await expectShown(page, 'p', 'Nothing was sent yet');
    await button(page, 'Replay').click();
    await page.getByLabel('Events').selectOption('payment.succeeded');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
    await expectShown(page, '[role=status]', '1 delivery is due again');
    await expectShown(page, 'tr', /payment\.succeeded.*Delivered/s);
    expect(await rows(page).count()).toBe(1);
  });

  test('come by themselves, but never move what somebody is at; paused, they wait', async () => {
    const service = await serve();
    await endpoint(service, { events: ['payment.succeeded'] });
    await service.pay();
    const page = await openPage(`${service.url}${HERE}`);
    await expectLive(page);
    await rows(page).nth(0).waitFor();
    await service.pay();
    await rows(page).nth(1).waitFor();
    const [newest] = await settled(service, 2, 'delivered');
    const at = row(page, newest?.id ?? '');
    await at.focus();
    await service.pay();
    await button(page, '1 new').waitFor();
    expect(await rows(page).count()).toBe(2);
    expect(await page.locator(':focus').getAttribute('data-delivery')).toBe(newest?.id);
    await button(page, '1 new').click();
    await rows(page).nth(2).waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('Space');
    await page.locator('[data-state=paused]').waitFor();
    let asked = 0;
    page.on('request', (request) => (asked += request.url().includes('webhook-') ? 1 : 0));
    await service.pay();
    await page.getByTestId('connection').filter({ hasText: 'new' }).waitFor();
    // As long as two looks take.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect([asked, await rows(page).count()]).toEqual([0, 3]);
    await page.keyboard.press('Space');
    await rows(page).nth(3).waitFor();
  });

  test('that are older are loaded when they are asked for', async () => {
    const service = await serve();
    await endpoint(service, { url: 'http://127.0.0.1:9/', enabled: false });
    for (let payment = 0; payment < 18; payment += 1) await service.pay();
    const page = await openPage(`${service.url}${HERE}`);
    await rows(page).nth(49).waitFor();
    await button(page, 'Load older').click();
    await rows(page).nth(53).waitFor();
    await expectShown(page, 'div', 'All 54 are shown');
  });
});

describe('the built-in sink', () => {
  test('answers as it is told to, for the next or for good, and is emptied', async () => {
    const service = await serve();
    const page = await openPage(`${service.url}${HERE}?view=sink&sink=shop`);
    await expectShown(page, 'p', 'Nothing has arrived at /sinks/shop yet');
    await expectShown(page, 'pre', `curl -s ${service.url}/sinks/shop`);
    await page.getByLabel('Status').fill('503');
    await page.getByLabel('Delay (ms)').fill('5');
    await page.getByLabel('For the next').fill('2');
    await button(page, 'Answer like this').click();
    await expectShown(
      page,
      '[data-testid=sink-behavior]',
      'Answers 503 after 5.0 ms, 2 times more',
    );
    const post = () => fetch(`${service.url}/sinks/shop`, { method: 'POST', body: 'hello' });
    expect((await post()).status).toBe(503);
    await expectShown(page, '[data-testid=sink-behavior]', 'Answers 503 after 5.0 ms, once more');
    await expectShown(page, 'tr', /msg_1.*Invalid.*not signed: the headers.*503/s);
    await page.getByLabel('Never answer (hang)').check();
    await button(page, 'Answer like this').click();
    await expectShown(page, '[data-testid=sink-behavior]', 'Never answers');
    await page.getByLabel('Status').fill('many');
    await button(page, 'Answer like this').click();
    await expectShown(page, '[role=alert]', '/status');
    await button(page, 'Empty the sink').click();
    await button(page, 'Press again to remove 1 messages').click();
    await expectShown(page, '[data-testid=sink-behavior]', 'Answers 200 at once.');
    await expectShown(page, 'p', 'Nothing has arrived at /sinks/shop yet');
    expectFailedRequests();
  });
});

describe('by keyboard alone', () => {
  test('a delivery is found, opened, sent again and closed', async () => {
    const service = await serve();
    await endpoint(service, { events: ['payment.succeeded'] });
    await service.pay();
    await service.pay();
    const [newer, older] = await settled(service, 2, 'delivered');
    const page = await openPage(`${service.url}/demo`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await row(page, older?.id ?? '').waitFor();
    await page.keyboard.press('j');
    await page.locator(`[data-delivery="${newer?.id}"]:focus`).waitFor();
    await page.keyboard.press('j');
    await page.locator(`[data-delivery="${older?.id}"]:focus`).waitFor();
    await page.keyboard.press('Enter');
    await expectShown(page, 'h3', '1 attempt');
    await page.keyboard.press('r');
    await expectShown(page, 'h3', '2 attempts');
    await page.keyboard.press('Escape');
    await status(page).waitFor({ state: 'detached' });
    await page.locator(`[data-delivery="${older?.id}"]:focus`).waitFor();
  });

  test('an endpoint is made, and the focus comes back to where it was', async () => {
    const service = await serve();
    const page = await openPage(`${service.url}${HERE}`);
    await button(page, 'New endpoint').focus();
    await page.keyboard.press('Enter');
    await page.locator('input[name=url]:focus').waitFor();
    await page.keyboard.type('/sinks/shop');
    await page.keyboard.press('Enter');
    await page.getByTestId('secret').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectNoSecret(page);
    expect(await page.locator(':focus').innerText()).toBe('New endpoint');
  });
});

describe('when the service fails', () => {
  test('each part says so by itself, and goes on when it can', async () => {
    const service = await serve();
    await endpoint(service, { events: ['payment.succeeded'] });
    await service.pay();
    const page = await openPage(`${service.url}/demo/card-lab`);
    await expectLive(page);
    await page.route('**/webhook-deliveries?*', (route) => route.abort());
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await expectShown(page, '[role=alert]', 'The service does not answer');
    await expectShown(page, 'a', '/sinks/shop');
    await page.unroute('**/webhook-deliveries?*');
    await button(page, 'Try again').click();
    await rows(page).first().waitFor();
    await page.goto(`${service.url}${HERE}?delivery=del_999`);
    await expectShown(page, '[role=alert]', /Webhook delivery not found \(404\).*Request .+/s);
    await page.goto(`${service.url}${HERE}?status=lost`);
    await expectShown(page, '[role=alert]', 'pending, delivered, failing');
    expectFailedRequests();
  });

  test('without a server what is known stays in sight, and comes up to date by itself', async () => {
    const service = await serve();
    await endpoint(service, { events: ['payment.succeeded'] });
    await service.pay();
    const page = await openPage(`${service.url}${HERE}`);
    await expectLive(page);
    await rows(page).first().waitFor();
    await service.end('SIGKILL');
    await page.locator('[data-state=offline]').waitFor();
    expect(await rows(page).count()).toBe(1);
    await expectShown(page, 'a', '/sinks/shop');
    const again = await start({ PORT: new URL(service.url).port }, true);
    await again.pay();
    await rows(page).nth(1).waitFor();
    expectFailedRequests();
  });
});

/** Axe takes a second a view, and several on a machine that does other things. */
const AXE_MS_MAX = 120_000;

describe.each(['light', 'dark'] as const)('in the %s', (theme) => {
  const expectAccessible = async (page: Page, what: string) => {
    await expectLoaded(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [what, id, nodes[0]?.html])).toEqual([]);
  };

  test(
    'no view breaks a rule of axe',
    async () => {
      const service = await serve();
      const page = await openPage(`${service.url}${HERE}`, { theme });
      await page.getByText('Nobody is told of anything yet').waitFor();
      await expectAccessible(page, 'empty');
      const id = await endpoint(service);
      await endpoint(service, { url: 'http://127.0.0.1:9/', faults: { drop: { rate: 1 } } });
      const paid = await service.pay();
      await settled(service, 6, 'delivered', 'failing');
      for (const search of [
        `?endpoint=${id}`,
        '?delivery=del_1',
        '?delivery=del_2',
        '?status=dead',
        '?view=sink&sink=none',
        '?view=sink&sink=shop&message=msg_1',
      ]) {
        await page.goto(`${service.url}${HERE}${search}`);
        await expectLive(page);
        await expectAccessible(page, search);
      }
      await page.goto(`${service.url}/demo/payments/${paid}`);
      await page.getByRole('tab', { name: 'Webhooks' }).click();
      await page.getByTestId('payment-deliveries').waitFor();
      await expectAccessible(page, 'the tab of a payment');
    },
    AXE_MS_MAX,
  );

  test(
    'no dialog breaks a rule of axe',
    async () => {
      const service = await serve();
      await endpoint(service);
      const page = await openPage(`${service.url}${HERE}`, { theme });
      for (const [name, dialog] of [
        ['New endpoint', 'New endpoint'],
        ['Edit', 'Edit endpoint'],
        ['Replay', 'Replay'],
        ['Rotate secret', 'Signing secret'],
      ] as const) {
        await button(page, name).click();
        await page.getByRole('dialog', { name: dialog }).waitFor();
        await expectAccessible(page, dialog);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    },
    AXE_MS_MAX,
  );
});

describe('in windows of every width', () => {
  test.each([320, 768, 2560])('every view fits into a window %i pixels wide', async (width) => {
    const service = await serve();
    const long = `http://127.0.0.1:9/${'very-long-'.repeat(20)}`;
    const id = await endpoint(service, { url: long, description: 'word'.repeat(60) });
    await endpoint(service);
    const paid = await service.pay();
    await settled(service, 6, 'delivered', 'failing');
    const page = await openPage(`${service.url}${HERE}`, { width });
    for (const path of [
      HERE,
      `${HERE}?endpoint=${id}&delivery=del_1`,
      `${HERE}?view=sink&message=msg_1`,
      `/demo/payments/${paid}`,
    ]) {
      await page.goto(`${service.url}${path}`);
      await expectLive(page);
      await expectLoaded(page);
      const tab = page.getByRole('tab', { name: 'Webhooks' });
      if (path.startsWith('/demo/payments')) await tab.click();
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      );
      expect(`${path} ${overflow}`).toBe(`${path} 0`);
    }
  });
});
