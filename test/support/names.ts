/** A DNS server for one test: every name has the addresses that the test gives, as containers have from Docker. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface NameServer {
  readonly port: number;
  /** What names resolve to from now on. */
  answer(addresses: readonly string[]): void;
  stop(): void;
}

const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  let current: readonly string[] = [];
  socket.on('message', (query, from) => {
    socket.send(replyTo(query, current), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    answer(addresses) {
      current = addresses;
    },
    stop: () => void socket.close(),
  };
}

/** RFC 1035, 4.1: the question again, then an A record for each address; no records to questions of another type. */
function replyTo(query: Buffer, addresses: readonly string[]): Buffer {
  const nameEnd = query.indexOf(0, HEADER_BYTES) + 1;
  const question = query.subarray(HEADER_BYTES, nameEnd + 4);
  const records = query.readUInt16BE(nameEnd) === TYPE_A ? addresses.map(recordOf) : [];
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(0x81_80, 2); // an answer, without error
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question, ...records]);
}

function recordOf(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc0_00 + HEADER_BYTES, 0); // the name of the question
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(1, 6); // to be kept for a second
  record.writeUInt16BE(4, 10);
  for (const [index, part] of address.split('.').entries()) {
    record.writeUInt8(Number(part), 12 + index);
  }
  return record;
}
