import { describe, expect, test } from 'vitest';
import { addressGuard, parseCidrs, type AddressGuardOptions } from './addresses.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  'shop.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inside.example': ['10.0.0.7'],
  'half.example': ['10.0.0.7', '93.184.216.34'],
};

const closed: AddressGuardOptions = {
  isOpen: false,
  allowCidrs: [],
  allowHosts: [],
  ownOrigin: () => null,
  lookup: async (hostname) => {
    const found = names[hostname];
    if (found === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return found.map((address) => ({ address }));
  },
};

const refusalOf = (url: string, options: Partial<AddressGuardOptions> = {}) =>
  addressGuard({ ...closed, ...options }).refusalOf(url);

describe('an address is refused for its form', () => {
  test.each([
    ['', /absolute http or https/],
    ['shop.example/webhooks', /absolute http or https/],
    ['//shop.example', /absolute http or https/],
    ['http://', /absolute http or https/],
    ['http://shop.example:99999/', /absolute http or https/],
    ['http://shop.example/a b', /absolute http or https/],
    [' http://shop.example/', /absolute http or https/],
    ['http://shop.example/\n', /absolute http or https/],
    ['http:\\\\shop.example', /absolute http or https/],
    ['ftp://shop.example/', /an http or https address/],
    ['file:///etc/passwd', /an http or https address/],
    ['unix:/run/docker.sock', /an http or https address/],
    ['javascript:alert(1)', /an http or https address/],
    ['http://me@shop.example/', /without user and password/],
    ['http://me:pass@shop.example/', /without user and password/],
    ['http://shop.example/#top', /without a fragment/],
    ['http://shop.example/#', /without a fragment/],
    ['http://shop.example:0/', /a port that can be connected to/],
    [`http://shop.example/${'a'.repeat(2_048)}`, /at most 2048 characters/],
    ['/sinks/', /absolute http or https/],
    ['/sinks/a/b', /absolute http or https/],
    ['/payments', /absolute http or https/],
  ])('%s', async (url, sentence) => {
    expect(await refusalOf(url)).toMatch(sentence);
  });
});

describe('an address is allowed', () => {
  test.each([
    ['https://shop.example/webhooks?a=b'],
    ['http://shop.example:8080/'],
    ['https://93.184.216.34/'],
    ['https://[2606:2800:220:1::1]/'],
    ['https://[64:ff9b::5db8:d822]/'],
    ['https://[64:ff9b:1::5db8:d822]/'],
    ['https://[2002:5db8:d822::1]/'],
    ['https://half.example/'],
    ['/sinks/shop'],
  ])('to the internet: %s', async (url) => {
    expect(await refusalOf(url)).toBeNull();
  });

  test('when its name leads nowhere now: every connection asks again', async () => {
    expect(await refusalOf('https://not-yet.example/')).toBeNull();
    const never = () => new Promise<never>(() => undefined);
    expect(await refusalOf('https://slow.example/', { lookup: never, lookupMs: 5 })).toBeNull();
  });

  const local = [
    'http://127.0.0.1/',
    'http://localhost:3000/',
    'http://api.localhost/',
    'http://0.0.0.0:3000/',
    'http://[::1]/',
    'http://10.0.0.7/',
    'http://192.168.1.1/',
    'http://172.31.0.1/',
    'http://[fd12::1]/',
    'http://100.64.0.1/',
    'http://[::ffff:10.0.0.7]/',
    'https://inside.example/',
  ];
  const special = ['http://192.0.2.1/', 'http://198.18.0.1/', 'http://240.0.0.1/'];

  test('to this machine and its network, while the server is bound to loopback', async () => {
    for (const url of local) {
      expect([url, await refusalOf(url, { isOpen: true })]).toEqual([url, null]);
      expect([url, await refusalOf(url)]).not.toEqual([url, null]);
    }
    for (const url of special) expect(await refusalOf(url, { isOpen: true })).toMatch(/reserved/);
  });

  test('when a range allows it', async () => {
    const allowCidrs = ['0.0.0.0/0', '::/0'];
    for (const url of [...local, ...special]) {
      expect([url, await refusalOf(url, { allowCidrs })]).toEqual([url, null]);
    }
    const narrow = { allowCidrs: ['10.0.0.0/29'] };
    expect(await refusalOf('http://10.0.0.7/', narrow)).toBeNull();
    expect(await refusalOf('http://[::ffff:a00:7]/', narrow)).toBeNull();
    expect(await refusalOf('http://inside.example/', narrow)).toBeNull();
    expect(await refusalOf('http://10.0.0.8/', narrow)).toMatch(/private/);
    expect(await refusalOf('http://[::1]/', { allowCidrs: ['0.0.0.0/0'] })).toMatch(/loopback/);
  });

  test('when whoever runs the server named its host', async () => {
    const allowHosts = ['Inside.example', '[::1]', '192.168.1.1'];
    expect(await refusalOf('http://inside.example:99/', { allowHosts })).toBeNull();
    expect(await refusalOf('http://INSIDE.example./', { allowHosts })).toBeNull();
    expect(await refusalOf('http://[0:0::1]/', { allowHosts })).toBeNull();
    expect(await refusalOf('http://192.168.1.1/', { allowHosts })).toBeNull();
    expect(await refusalOf('http://10.0.0.7/', { allowHosts })).toMatch(/private/);
  });

  test('to our own sinks, and to nothing else of ours', async () => {
    const ownOrigin = () => 'http://127.0.0.1:8080';
    expect(await refusalOf('http://127.0.0.1:8080/sinks/shop', { ownOrigin })).toBeNull();
    for (const url of [
      'http://127.0.0.1:8081/sinks/shop',
      'https://127.0.0.1:8080/sinks/shop',
      'http://127.0.0.1:8080/payments',
      'http://127.0.0.1:8080/sinks/../payments',
      'http://127.0.0.1:8080/sinks/%2e%2e/payments',
    ]) {
      expect(await refusalOf(url, { ownOrigin })).toMatch(/loopback/);
    }
  });
});

describe('link-local and cloud metadata addresses are refused whatever is allowed', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.0.1/',
    'http://[fe80::1]/',
    'http://[febf::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fd20:ce::254]/',
    'http://100.100.100.200/',
    'http://192.0.0.192/',
    'http://168.63.129.16/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1:a9fe:a9:fe00::]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[2001:0:a9fe:a9fe::]/',
    'http://[2001:0:5db8:d822:0:0:5601:5601]/',
  ])('%s', async (url) => {
    const allowHosts = [new URL(url).hostname];
    const allowCidrs = ['0.0.0.0/0', '::/0'];
    const refusal = await refusalOf(url, { isOpen: true, allowCidrs, allowHosts });
    expect(refusal).toMatch(
      /(?:link-local|cloud metadata) address.*: webhooks are never sent there/,
    );
  });
});

test('a refusal says which rule it is, and what the address stands for', async () => {
  expect(await refusalOf('http://[64:ff9b::7f00:1]/')).toBe(
    '64:ff9b::7f00:1 is a loopback address (127.0.0.1): webhooks are sent there only while this server is bound to a loopback address, or when WEBHOOK_ALLOW_CIDRS allows it',
  );
  expect(await refusalOf('http://inside.example/')).toMatch(/^10\.0\.0\.7 is a private address: /);
  const guard = addressGuard(closed);
  expect(guard.refusalOfAddress(new URL('http://a/'), 'nonsense')).toMatch(/not an IP address/);
});

describe('WEBHOOK_ALLOW_CIDRS', () => {
  test('is ranges and single addresses, with commas or spaces between', () => {
    expect(parseCidrs('')).toEqual({ ok: true, value: [] });
    expect(parseCidrs(' 10.0.0.0/8, 127.0.0.1 FD00::/8,::1 ,')).toEqual({
      ok: true,
      value: ['10.0.0.0/8', '127.0.0.1/32', 'fd00::/8', '::1/128'],
    });
  });

  test.each([
    '10/8',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '*',
  ])('is not %s', (text) => {
    const result = parseCidrs(`10.0.0.0/8,${text}`);
    expect(result).toMatchObject({
      ok: false,
      expected: expect.stringContaining(`not ${JSON.stringify(text)}`) as string,
    });
  });

  test('is bounded', () => {
    expect(parseCidrs('10.0.0.1 '.repeat(101))).toMatchObject({ ok: false });
  });
});
