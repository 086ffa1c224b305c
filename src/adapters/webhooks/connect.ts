/**
 * Opens a connection to a receiver: looks its name up anew, lets the guard judge every address, and connects to one
 * that passed. Between the check and the connection nothing is looked up again.
 */
import type { LookupAddress } from 'node:dns';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hostOf, type AddressGuard, type Lookup } from './addresses.ts';
import { DeliveryError } from './failure.ts';
import { ADDRESSES_MAX } from './limits.ts';

export interface ConnectOptions {
  readonly guard: AddressGuard;
  readonly lookup: Lookup;
  readonly timeoutMs: number;
}

/** An address that has not answered in this time is left for the next one, if there is one. */
const NEXT_ADDRESS_MS = 1_000;

type Done = (...result: [null, Socket] | [Error, null]) => void;

/** Calls `done` once, at the earliest in a later turn. Gives the socket, so that it can be ended before. */
export function connectTo(url: URL, options: ConnectOptions, done: Done): Socket | null {
  const host = hostOf(url);
  const refusal = isIP(host) === 0 ? null : options.guard.refusalOfAddress(url, host);
  if (refusal !== null) {
    queueMicrotask(() => done(new DeliveryError(refusal), null));
    return null;
  }
  const isTls = url.protocol === 'https:';
  const target = {
    host,
    port: Number(url.port === '' ? (isTls ? 443 : 80) : url.port),
    lookup: checkedLookup(url, options),
    // RFC 8305: of several addresses, the first that answers.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    noDelay: true,
    keepAlive: true,
  };
  // A literal address has no server name (RFC 6066); its certificate is checked against the address.
  const servername = isIP(host) === 0 ? host : '';
  const socket = isTls
    ? connectTls({ ...target, servername, ALPNProtocols: ['http/1.1'] })
    : connectPlain(target);
  settleOnce(socket, { event: isTls ? 'secureConnect' : 'connect', ...options }, done);
  return socket;
}

/** What node:net asks for a name: it connects to what this answers, and to nothing else. */
function checkedLookup(url: URL, options: ConnectOptions): LookupFunction {
  const answer = async (...[hostname, { all = false }, done]: Parameters<LookupFunction>) => {
    const found = await passingAddresses(url, hostname, options);
    if (found instanceof Error) done(found, '', 0);
    else if (all) done(null, [...found]);
    else done(null, found[0].address, found[0].family);
  };
  return (...question) => void answer(...question);
}

type Found = readonly [LookupAddress, ...LookupAddress[]];

async function passingAddresses(
  url: URL,
  hostname: string,
  { guard, lookup }: ConnectOptions,
): Promise<Found | Error> {
  let addresses: readonly string[];
  try {
    addresses = (await lookup(hostname)).slice(0, ADDRESSES_MAX).map(({ address }) => address);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const refusals = addresses.map((address) => guard.refusalOfAddress(url, address));
  const [first, ...others] = addresses
    .filter((_, index) => refusals[index] === null)
    .map((address) => ({ address, family: isIP(address) }));
  if (first === undefined) return new DeliveryError(refusals[0] ?? 'the name has no address');
  return [first, ...others];
}

function settleOnce(
  socket: Socket,
  { event, timeoutMs }: { event: string; timeoutMs: number },
  done: Done,
): void {
  const timer = setTimeout(() => {
    socket.destroy(
      new DeliveryError(`timed out while connecting: no connection within ${timeoutMs / 1_000} s`),
    );
  }, timeoutMs);
  let isSettled = false;
  const settle: Done = (...result) => {
    clearTimeout(timer);
    if (isSettled) return;
    isSettled = true;
    done(...result);
  };
  socket.once(event, () => settle(null, socket));
  socket.once('close', () =>
    settle(new DeliveryError('connection closed while it was made'), null),
  );
  // Stays: a socket that fails later, while nobody listens, must not end the process.
  socket.on('error', (error) => settle(error, null));
}
