/**
 * A listener on loopback that must hear nothing: forbidden addresses in all the spellings that have fooled others, sent
 * to by the real sender. The same listener is reached when it is allowed, so that the silence means something.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sender } from '../../engine/webhooks/ports.ts';
import { addressGuard, type AddressGuardOptions, type Lookup } from './addresses.ts';
import { openSender } from './sender.ts';

interface Canary {
  readonly server: Server;
  readonly port: number;
  connections: number;
}

async function openCanary(host: string, port: number): Promise<Canary> {
  const server = createServer((_, response) => response.end('heard'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const canary: Canary = { server, port: (server.address() as AddressInfo).port, connections: 0 };
  server.on('connection', () => (canary.connections += 1));
  return canary;
}

let four: Canary;
/** Null where there is no IPv6. */
let six: Canary | null;

beforeAll(async () => {
  four = await openCanary('127.0.0.1', 0);
  six = await openCanary('::1', four.port).catch(() => null);
});

beforeEach(() => {
  four.connections = 0;
  if (six !== null) six.connections = 0;
});

afterAll(() => {
  four.server.close();
  six?.server.close();
});

const heard = (): number => four.connections + (six?.connections ?? 0);

/** Every name is this machine. */
const toLoopback: Lookup = async () => [{ address: '127.0.0.1' }, { address: '::1' }];

async function withSender<T>(
  options: Partial<AddressGuardOptions>,
  use: (send: (url: string) => ReturnType<Sender['send']>) => Promise<T>,
): Promise<T> {
  const lookup = options.lookup ?? toLoopback;
  const guard = addressGuard({
    isOpen: false,
    allowCidrs: [],
    allowHosts: [],
    ownOrigin: () => null,
    lookup,
    ...options,
  });
  const sender = openSender({
    guard,
    lookup,
    nowMs: Date.now,
    ticksMs: () => performance.now(),
    version: '0',
  });
  try {
    return await use((url) => sender.send({ url, headers: {}, body: '{}' }));
  } finally {
    await sender.close();
  }
}

// ---- spellings

const FORBIDDEN = [
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '192.168.0.1',
  '100.64.0.1',
  '0.0.0.0',
];

function spellingsOf(address: string): readonly string[] {
  const bytes = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (...values: number[]): string =>
    values.map((value) => value.toString(16).padStart(2, '0')).join('');
  const high = hex(a, b);
  const low = hex(c, d);
  const inverted = `${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`;
  const wide = (text: string): string =>
    text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  const bold = (text: string): string =>
    text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit)));
  const octal = (value: number): string => `0${value.toString(8)}`;
  return [
    address,
    `${address}.`,
    String(number),
    `${number}.`,
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    `0x00000${number.toString(16)}`,
    octal(number),
    bytes.map(octal).join('.'),
    bytes.map((value) => `000${octal(value)}`).join('.'),
    bytes.map((value) => `0x${value.toString(16)}`).join('.'),
    bytes.map((value) => `0X${hex(value).toUpperCase()}`).join('.'),
    `0x${a.toString(16)}.${octal(b)}.${c}.${d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${b * 65_536 + c * 256 + d}`,
    `0x${a.toString(16)}.${b * 65_536 + c * 256 + d}`,
    `${octal(a)}.${octal(b)}.0x${low}`,
    wide(address),
    bold(address),
    wide(String(number)),
    address.replaceAll('.', '\u3002'),
    address.replaceAll('.', '\uff0e'),
    address.replaceAll('.', '\uff61'),
    wide(address).replaceAll('.', '\u3002'),
    address.replaceAll('.', '%2e'),
    address.replaceAll('.', '%E3%80%82'),
    [...address].map((character) => `%${hex(character.codePointAt(0) ?? 0)}`).join(''),
    address.replace('.', '.\u00ad'),
    `shop.example@${address}`,
    `shop.example:443@${address}`,
    `shop.example%2F@${address}`,
    `[::ffff:${address}]`,
    `[::FFFF:${address}]`,
    `[::ffff:${high}:${low}]`,
    `[0:0:0:0:0:ffff:${address}]`,
    `[0000:0000:0000:0000:0000:FFFF:${high}:${low}]`,
    `[::ffff:0:${high}:${low}]`,
    `[::${address}]`,
    `[::${high}:${low}]`,
    `[64:ff9b::${address}]`,
    `[64:FF9B::${high}:${low}]`,
    `[0064:ff9b:0000:0:0:0:${high}:${low}]`,
    `[64:ff9b:1::${address}]`,
    `[64:ff9b:1:${high}:${hex(0, c)}:${hex(d, 0)}::]`,
    `[2002:${high}:${low}::]`,
    `[2002:${high}:${low}:0:0:0:0:1]`,
    `[2001:0:${high}:${low}::]`,
    `[2001::5db8:d822:0:0:${inverted}]`,
  ];
}

const OTHERS = `
  [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::0.0.0.1] [::] [0::0] [::0.0.0.0]
  [fe80::1] [fe80::1%25eth0] [fe80::1%eth0] [::1%25lo] [::1%lo] [febf:ffff::1] [fec0::1]
  [fc00::1] [fdff::1] [fd00:ec2::254] [FD00:EC2:0:0:0:0:0:254]
  [ff02::1] [2001:db8::1] [2001:2::1] [100::1] [3fff::1] [5f00::1] [4000::1]
  localhost LOCALHOST LocalHost. a.localhost loc%61lhost localhost%2e lo\u00adcalhost
  ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ shop.example@localhost localhost%00.example
  localhost.localdomain ip6-localhost 127.0.0.1.nip.example 0 0x0 00 0. ⓪ ①②⑦.⓪.⓪.① 127。0。0。1
  224.0.0.1 239.255.255.255 255.255.255.255 240.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.7
  192.0.0.8 192.88.99.1 172.16.0.1 172.31.255.255 127.255.255.254 127.1. 127.0.1 100.127.255.255`
  .trim()
  .split(/\s+/);

const spellings = [...new Set([...FORBIDDEN.flatMap(spellingsOf), ...OTHERS])];

describe('a server that is not bound to loopback', () => {
  test('sends to none of more than 200 spellings of forbidden addresses', async () => {
    expect(spellings.length).toBeGreaterThan(250);
    const reasons = await withSender({}, async (send) => {
      const guard = addressGuard({
        isOpen: false,
        allowCidrs: [],
        allowHosts: [],
        ownOrigin: () => null,
        lookup: toLoopback,
      });
      const tries = spellings.map(async (host) => {
        const url = `http://${host}:${four.port}/`;
        const { error, statusCode } = await send(url);
        return { host, error, statusCode, refusal: await guard.refusalOf(url) };
      });
      return Promise.all(tries);
    });
    const isRefused = /webhooks are (?:never )?sent|not an http or https address/;
    const wrong = reasons.filter(
      ({ error, statusCode, refusal }) =>
        statusCode !== null || refusal === null || !isRefused.test(error ?? ''),
    );
    expect(wrong).toEqual([]);
    expect(heard()).toBe(0);
  });

  test('does so over TLS neither', async () => {
    await withSender({}, async (send) => {
      const tries = spellings.map((host) => send(`https://${host}:${four.port}/`));
      for (const { error } of await Promise.all(tries)) expect(error).not.toMatch(/TLS/);
    });
    expect(heard()).toBe(0);
  });

  test('looks at what a name is at the very connection, and looks once', async () => {
    const answers = ['93.184.216.34', '127.0.0.1', '127.0.0.1'];
    let looked = 0;
    const lookup: Lookup = async () => [{ address: answers[looked++] ?? '127.0.0.1' }];
    const options = {
      isOpen: false,
      allowCidrs: [],
      allowHosts: [],
      ownOrigin: () => null,
      lookup,
    };
    const url = `http://shop.example:${four.port}/`;
    expect(await addressGuard(options).refusalOf(url)).toBeNull();
    const { error } = await withSender({ lookup }, (send) => send(url));
    expect(error).toMatch(/^127\.0\.0\.1 is a loopback address/);
    expect(looked).toBe(2);
    expect(heard()).toBe(0);
  });

  test('cannot be sent there by a redirect', async () => {
    const redirecting = createServer((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${four.port}/` }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const { port } = redirecting.address() as AddressInfo;
    const result = await withSender({ allowHosts: ['shop.example'] }, (send) =>
      send(`http://shop.example:${port}/`),
    );
    redirecting.close();
    expect(result).toMatchObject({
      statusCode: 307,
      error: `status 307: a redirect to http://127.0.0.1:${four.port}/, and webhooks follow none; give the address itself`,
    });
    expect(heard()).toBe(0);
  });

  test('of several addresses of a name, takes only those that are allowed', async () => {
    const lookup: Lookup = async () => [{ address: '::1' }, { address: '127.0.0.1' }];
    const url = `http://shop.example:${four.port}/`;
    await withSender({ lookup, allowCidrs: ['127.0.0.1/32'] }, async (send) => {
      expect(await send(url)).toMatchObject({ statusCode: 200 });
    });
    expect([four.connections, six?.connections ?? 0]).toEqual([1, 0]);
    await withSender({ lookup, allowCidrs: ['::1/128'] }, async (send) => {
      expect((await send(url)).statusCode).toBe(six === null ? null : 200);
    });
    expect([four.connections, six?.connections ?? 1]).toEqual([1, 1]);
  });
});

describe('the same listener is reached', () => {
  const loopback = spellingsOf('127.0.0.1').slice(0, 27);
  const urlOf = (host: string): string => `http://${host}:${four.port}/`;

  test('in every spelling of its address, by a server that is bound to loopback', async () => {
    await withSender({ isOpen: true }, async (send) => {
      for (const host of loopback) {
        expect([host, (await send(urlOf(host))).statusCode]).toEqual([host, 200]);
      }
    });
    expect(heard()).toBe(new Set(loopback.map(urlOf)).size);
  });

  test('by its name, also when it listens at the second of its addresses only', async () => {
    const lone = await openCanary('127.0.0.1', 0);
    const lookup: Lookup = async () => [{ address: '::1' }, { address: '127.0.0.1' }];
    const { statusCode } = await withSender({ isOpen: true, lookup }, (send) =>
      send(`http://localhost:${lone.port}/`),
    );
    lone.server.close();
    expect([statusCode, lone.connections]).toEqual([200, 1]);
  });

  test.each([
    ['a range', { allowCidrs: ['127.0.0.0/8'] }],
    ['its host', { allowHosts: ['127.0.0.1'] }],
    ['the system that runs it', { isOpen: true }],
  ])('when %s allows it', async (_, options) => {
    const { statusCode } = await withSender(options, (send) => send(urlOf('127.0.0.1')));
    expect([statusCode, heard()]).toEqual([200, 1]);
  });

  test('when it is our own, at /sinks only', async () => {
    const ownOrigin = () => `http://127.0.0.1:${four.port}`;
    await withSender({ ownOrigin }, async (send) => {
      expect(await send(`${urlOf('127.0.0.1')}sinks/shop`)).toMatchObject({ statusCode: 200 });
      expect(await send(`${urlOf('127.0.0.1')}payments`)).toMatchObject({ statusCode: null });
    });
    expect(heard()).toBe(1);
  });
});
