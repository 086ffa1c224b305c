/**
 * The connections to one address. Each carries one request at a time and is kept for the next one; the one that was
 * used last is used first, so that those too many fall idle and close. Addresses share no connections, so that one
 * that hangs takes none from another on the same host.
 */
import { Client } from 'undici';
import type { Dispatcher } from 'undici';
import type { Socket } from 'node:net';
import { connectTo, type ConnectOptions } from './connect.ts';
import type { SenderLimits } from './limits.ts';

export interface Connections {
  /**
   * Calls back with a connection, at once or when one is free; gives a function that gives up waiting. A fresh one was
   * not used before, if there is room for one.
   */
  acquire(use: (connection: Connection) => void, isFresh: boolean): () => void;
  close(error: Error): void;
}

export interface Connection {
  /** Requests that were answered since it was opened. */
  readonly served: number;
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Gives it back. */
  release(): void;
  /** Ends it, and what runs on it. */
  destroy(error: Error): void;
}

export interface ConnectionsOptions {
  readonly url: URL;
  readonly connect: ConnectOptions;
  readonly limits: SenderLimits;
  /** Called when the last connection is gone and nobody waits. */
  readonly onEmpty: () => void;
}

export function openConnections({
  url,
  connect,
  limits,
  onEmpty,
}: ConnectionsOptions): Connections {
  const all = new Set<ClientConnection>();
  const idle: ClientConnection[] = [];
  const waiting = new Set<(connection: Connection) => void>();

  const events: ConnectionEvents = {
    onFree(connection) {
      for (const use of waiting) {
        waiting.delete(use);
        use(connection);
        return;
      }
      idle.push(connection);
    },
    onGone(connection) {
      all.delete(connection);
      const index = idle.indexOf(connection);
      if (index >= 0) idle.splice(index, 1);
      for (const use of waiting) {
        waiting.delete(use);
        use(open());
        return;
      }
      if (all.size === 0) onEmpty();
    },
  };
  function open(): ClientConnection {
    const connection = new ClientConnection({ url, connect, limits }, events);
    all.add(connection);
    return connection;
  }
  return {
    acquire(use, isFresh) {
      const used = isFresh ? undefined : idle.pop();
      const connection = used ?? (all.size < limits.connectionsMax ? open() : null);
      if (connection === null) waiting.add(use);
      else use(connection);
      return () => waiting.delete(use);
    },
    close(error) {
      waiting.clear();
      for (const connection of all) connection.destroy(error);
    },
  };
}

interface ConnectionEvents {
  onFree(connection: ClientConnection): void;
  onGone(connection: ClientConnection): void;
}

class ClientConnection implements Connection {
  served = 0;
  readonly #client: Client;
  readonly #events: ConnectionEvents;
  #socket: Socket | null = null;
  #isBusy = true;
  #isGone = false;

  constructor(
    { url, connect, limits }: { url: URL; connect: ConnectOptions; limits: SenderLimits },
    events: ConnectionEvents,
  ) {
    this.#events = events;
    this.#client = new Client(url.origin, {
      connect: (_, done) => {
        this.served = 0;
        this.#socket = connectTo(url, connect, done);
      },
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: limits.headBytesMax,
      keepAliveTimeout: limits.idleMs,
      keepAliveMaxTimeout: limits.idleMs,
      // The sender counts the time itself.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', () => {
      this.#socket = null;
      if (!this.#isBusy) this.destroy(new Error('idle'));
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#isBusy = true;
    this.#client.dispatch(options, handler);
  }

  release(): void {
    this.served += 1;
    this.#isBusy = false;
    // It calls from inside the client, which is done with this request only afterwards.
    queueMicrotask(() => {
      if (this.#socket === null || this.#socket.destroyed) this.destroy(new Error('closed'));
      else if (!this.#isGone) this.#events.onFree(this);
    });
  }

  destroy(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#socket?.destroy();
    void this.#client.destroy(error);
    this.#events.onGone(this);
  }
}
