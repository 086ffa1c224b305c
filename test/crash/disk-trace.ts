/**
 * Reads what strace saw of a server (its writes to files, its fsyncs, what it sent to its clients,
 * in one order) and builds from it what a power cut at any of these moments may leave on the disk.
 *
 * The rules are POSIX's, which promises less than any file system keeps: content is durable after
 * an fsync of the file, a name after an fsync of its directory. Of everything later an arbitrary
 * subset survives, writes by 512-byte sectors.
 */
import path from 'node:path';
import type { Chance } from '../support/chance.ts';

export type Operation =
  | { readonly kind: 'create' | 'unlink' | 'sync'; readonly file: string }
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'append'; readonly file: string; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }
  /** Bytes handed to the kernel for a client: from here on it may know. */
  | { readonly kind: 'sent'; readonly bytes: Buffer };

/** Arguments for strace: strings whole and in hexadecimal, descriptors with their paths. */
export const STRACE = [
  ...'strace -f -qq -y -xx -s 1000000 -e'.split(' '),
  'trace=openat,write,writev,pwrite64,fsync,fdatasync,ftruncate,unlink,rename',
  '-o',
];

/**
 * The calls of a trace that concern files in `folder` and clients; throws on one that it does not
 * know how to read.
 */
export function operationsOf(trace: string, folder: string): Operation[] {
  const isOurs = (file: string) => file === folder || path.dirname(file) === folder;
  const operations: Operation[] = [];
  for (const { name, args } of finishedCalls(trace)) {
    const operation = operationOf(name, args);
    if (operation === null) continue;
    if (operation.kind === 'sent' || isOurs(operation.file)) operations.push(operation);
  }
  return operations;
}

interface SystemCall {
  readonly name: string;
  readonly args: string;
}

/** Calls in the order in which they ended; those that failed are left out. */
function* finishedCalls(trace: string): Generator<SystemCall> {
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const text = resumed === null ? rest : (begun.get(thread) ?? '') + (resumed[1] ?? '');
    const call = /^(\w+)\((.*)\)\s+= (\d+)/.exec(text);
    if (call !== null) yield { name: call[1] ?? '', args: (call[2] ?? '').trim() };
  }
}

function operationOf(name: string, args: string): Operation | null {
  const [, target = ''] = /^\d+<([^>]*)>/.exec(args) ?? [];
  const file = decoded(target).toString();
  switch (name) {
    case 'openat': {
      const [, opened = ''] = /^[^,]*, "([^"]*)"/.exec(args) ?? [];
      return args.includes('O_CREAT') ? { kind: 'create', file: decoded(opened).toString() } : null;
    }
    case 'unlink':
      return { kind: 'unlink', file: decoded(args.slice(1, -1)).toString() };
    case 'rename': {
      const [from = '', to = ''] = [...args.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
      return { kind: 'rename', file: decoded(from).toString(), to: decoded(to).toString() };
    }
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', file };
    case 'ftruncate':
      return { kind: 'truncate', file, size: Number(/, (\d+)$/.exec(args)?.[1]) };
    case 'pwrite64':
      return { kind: 'write', file, at: Number(/, (\d+)$/.exec(args)?.[1]), bytes: textsOf(args) };
    case 'write':
    case 'writev': {
      const bytes = textsOf(args);
      return file.startsWith('socket:') ? { kind: 'sent', bytes } : { kind: 'append', file, bytes };
    }
    default:
      throw new Error(`no rule for the system call ${name}`);
  }
}

/** All string arguments, one after the other. */
function textsOf(args: string): Buffer {
  return Buffer.concat([...args.matchAll(/"([^"]*)"/g)].map(([, text = '']) => decoded(text)));
}

function decoded(text: string): Buffer {
  return text.includes('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text);
}

const SECTOR_BYTES = 512;

interface Inode {
  readonly durable: Content;
  /** Written, and not fsynced since. */
  volatile: Operation[];
}

/** The disk as of some operation, and what a cut there may leave. */
export class TracedDisk {
  readonly #folder: string;
  readonly #isSynced: (operations: readonly Operation[], at: number) => boolean;
  readonly #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();

  /**
   * `isSynced` says whether an fsync in the trace counts; all of them do on a disk that keeps its
   * word.
   */
  constructor(folder: string, isSynced: (operations: readonly Operation[], at: number) => boolean) {
    this.#folder = folder;
    this.#isSynced = isSynced;
  }

  apply(operations: readonly Operation[], at: number): void {
    const operation = operations[at];
    if (operation === undefined || operation.kind === 'sent') return;
    const { file } = operation;
    switch (operation.kind) {
      case 'create':
        if (!this.#names.has(file))
          this.#names.set(file, { durable: new Content(Buffer.alloc(0)), volatile: [] });
        return;
      case 'unlink':
        this.#names.delete(file);
        return;
      case 'rename': {
        const inode = this.#names.get(file);
        this.#names.delete(file);
        if (inode !== undefined) this.#names.set(operation.to, inode);
        return;
      }
      case 'sync':
        if (this.#isSynced(operations, at)) this.#sync(file);
        return;
      case 'write':
      case 'append':
      case 'truncate':
        this.#names.get(file)?.volatile.push(operation);
    }
  }

  #sync(file: string): void {
    if (file === this.#folder) {
      this.#durableNames = new Map(this.#names);
      return;
    }
    const inode = this.#names.get(file);
    if (inode === undefined) return;
    for (const operation of inode.volatile) inode.durable.apply(operation);
    inode.volatile = [];
  }

  /** Files and their contents after a cut now. */
  cut(chance: Chance): Map<string, Buffer> {
    const kept = chance.pick([0, 0.1, 0.5, 0.9, 1]);
    const survives = () => chance.happens(kept);
    const files = new Map<string, Buffer>();
    for (const file of new Set([...this.#durableNames.keys(), ...this.#names.keys()])) {
      const now = this.#names.get(file);
      const durable = this.#durableNames.get(file);
      const inode = now === durable || survives() ? now : durable;
      if (inode === undefined) continue;
      const content = new Content(inode.durable.bytes);
      for (const sector of inode.volatile.flatMap(sectorsOf)) if (survives()) content.apply(sector);
      files.set(file, content.bytes);
    }
    return files;
  }
}

function sectorsOf(operation: Operation): Operation[] {
  if (operation.kind !== 'write') return [operation];
  const { file, at, bytes } = operation;
  const sectors: Operation[] = [];
  for (let from = at; from < at + bytes.length;) {
    const to = Math.min(at + bytes.length, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    sectors.push({ kind: 'write', file, at: from, bytes: bytes.subarray(from - at, to - at) });
    from = to;
  }
  return sectors;
}

/** A file's content, changed in place: a WAL is written to thousands of times. */
class Content {
  #bytes: Buffer;
  #size: number;

  constructor(bytes: Buffer) {
    this.#bytes = Buffer.from(bytes);
    this.#size = bytes.length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  apply(operation: Operation): void {
    if (operation.kind === 'truncate') this.#resize(operation.size);
    if (operation.kind !== 'write' && operation.kind !== 'append') return;
    const at = operation.kind === 'write' ? operation.at : this.#size;
    this.#resize(Math.max(this.#size, at + operation.bytes.length));
    operation.bytes.copy(this.#bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.bytes, Buffer.alloc(size * 2 - this.#size)]);
    }
    this.#bytes.fill(0, Math.min(size, this.#size), Math.max(size, this.#size));
    this.#size = size;
  }
}
