/**
 * Answers that are lost on purpose (`simulate.http`): before the payment is made, or after, which is how a client finds
 * out whether it charges twice. A replay under an idempotency key is always answered; and a key whose request was lost
 * before anything was made is served the second time, so that a client that tries again comes through.
 *
 * Which keys those are is kept in memory: after a restart they are lost once more.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logLost } from './log.ts';
import { Problem } from './problems.ts';
import type { SimulateBody } from './schemas.ts';

export type LostAnswer = NonNullable<SimulateBody['http']>;

/** How long a connection hangs that never gets an answer: longer than most clients wait. */
const HANG_MS = 30_000;

/** Keys that are remembered as lost once; the oldest go first. */
const KEYS_MAX = 10_000;

declare module 'fastify' {
  interface FastifyInstance {
    lostAnswers: LostAnswers;
  }
}

export function registerLostAnswers(app: FastifyInstance): void {
  const lost = new LostAnswers();
  app.decorate('lostAnswers', lost);
  // What hangs or is held back on purpose does not hold up a shutdown.
  app.addHook('preClose', (done) => {
    lost.end();
    done();
  });
}

class LostAnswers {
  readonly #closing = new AbortController();
  readonly #hanging = new Set<Socket>();
  readonly #lostBefore = new Set<string>();

  /** True when this request is to be lost before it is executed. */
  isLostBefore(fault: LostAnswer | null, keyHash: string | null): boolean {
    if (fault?.when !== 'before') return false;
    if (keyHash === null) return true;
    if (this.#lostBefore.has(keyHash)) return false;
    if (this.#lostBefore.size >= KEYS_MAX) {
      const [oldest] = this.#lostBefore;
      if (oldest !== undefined) this.#lostBefore.delete(oldest);
    }
    this.#lostBefore.add(keyHash);
    return true;
  }

  /** Loses the answer: throws the problem that comes in its place, or lets the connection end or hang. */
  lose(request: FastifyRequest, reply: FastifyReply, { fault, when }: LostAnswer): FastifyReply {
    const made = when === 'before' ? 'nothing was made' : 'the request was carried out';
    const detail = `This answer was asked for by simulate.http; ${made}.`;
    switch (fault) {
      case '429':
        throw new Problem('simulated_rate_limit', detail, { headers: { 'retry-after': '1' } });
      case '500':
        throw new Problem('simulated_error', detail);
      case 'drop':
        reply.hijack();
        logLost(request, reply);
        // A request that was read to its end has let go of its socket: destroying it would do nothing.
        request.raw.socket.destroy();
        return reply;
      case 'timeout':
        reply.hijack();
        logLost(request, reply);
        this.#hang(request.raw.socket);
        return reply;
    }
  }

  /** Resolves after so long, or as soon as the server begins to close. */
  async hold(ms: number): Promise<void> {
    const { signal } = this.#closing;
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Ends what hangs and what is held back, now and from now on. */
  end(): void {
    this.#closing.abort();
    for (const socket of this.#hanging) socket.destroy();
  }

  #hang(socket: Socket): void {
    if (this.#closing.signal.aborted) {
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), HANG_MS);
    this.#hanging.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#hanging.delete(socket);
    });
  }
}
