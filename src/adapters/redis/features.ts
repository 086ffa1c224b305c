/**
 * Features in Redis: records of cards, devices and addresses, together with the place in the log up to which they are known.
 * It is a shortcut for those who start, and never the truth: what is not there, of another log, torn, or slow to be read is
 * as good as nothing. It holds keyed fingerprints, device ids and addresses, never a card number.
 */
import type { Redis } from 'ioredis';
import type { EntityKey } from '../../core/entity.ts';
import type { History } from '../../core/history.ts';
import type {
  FeatureEntry,
  FeatureMark,
  FeatureStep,
  KeptFeatures,
  LoadedFeatures,
} from '../../engine/features.ts';
import type { LogPosition } from '../../engine/ports.ts';
import type { RedisConnection } from './connection.ts';
import { ADVANCE, BEGIN, HOLD, PUT, SHARD } from './feature-scripts.ts';
import { ENTITIES_MAX, type Shard, shardsFor } from './feature-shards.ts';
import { historyBytes, historyIn } from './history-bytes.ts';

/** Changes with the numbers of a history, with the hash, with the making of keys and with the number of shards. */
const VERSION = '1';

/** For what is asked beside all requests: a page of entities, a shard. */
export const FEATURES_ASK_MS_MAX = 2_000;

/** A keeper that has died is followed by another one after so long. */
const LEASE_MS = 10_000;

export interface RedisFeaturesOptions {
  /** One of its own, whose cap is FEATURES_ASK_MS_MAX: what is asked here is large, and others would wait behind it. */
  readonly connection: RedisConnection;
  /** What all of its keys begin with. */
  readonly name: string;
  /** This process. */
  readonly self: string;
  /** A name for a making of all of it that no other has. */
  readonly newEpoch: () => string;
  readonly entitiesMax?: number;
}

export function redisFeatures(options: RedisFeaturesOptions): KeptFeatures {
  return new RedisFeatures(options);
}

class RedisFeatures implements KeptFeatures {
  readonly #options: RedisFeaturesOptions;
  readonly #shards: ReturnType<typeof shardsFor>;

  constructor(options: RedisFeaturesOptions) {
    this.#options = options;
    this.#shards = shardsFor(options.entitiesMax ?? ENTITIES_MAX);
  }

  async hold(): Promise<boolean> {
    const args = [this.#key('lease'), this.#options.self, LEASE_MS];
    return (await this.#ask((client) => client.eval(HOLD, 1, ...args))) === 1;
  }

  async reached(): Promise<LogPosition | null> {
    return (await this.#readMeta())?.position ?? null;
  }

  async beginLog(writer: string): Promise<boolean> {
    const keys = [...this.#bases(), ...this.#shards.all.flatMap((shard) => this.#keysOf(shard))];
    const args = [VERSION, writer, this.#options.self, this.#options.newEpoch()];
    const said = await this.#ask((client) => client.eval(BEGIN, keys.length, ...keys, ...args));
    return said === 'written';
  }

  async rebuild(): Promise<boolean> {
    return (await this.#ask((client) => client.del(this.#key('meta')))) !== null;
  }

  async read(keys: readonly EntityKey[]): Promise<readonly (History | null)[] | null> {
    const found = await this.#ask((client) => {
      const pipeline = client.pipeline();
      for (const key of keys) {
        const [young, old] = this.#keysOf(this.#shards.of(key));
        pipeline.hgetBuffer(young, key).hgetBuffer(old, key);
      }
      return pipeline.exec();
    });
    if (found === null || found.length !== 2 * keys.length) return null;
    if (found.some(([error]) => error !== null)) return null;
    const histories = keys.map((_, index) => {
      const bytes = found[2 * index]?.[1] ?? found[2 * index + 1]?.[1];
      return Buffer.isBuffer(bytes) ? historyIn(bytes) : undefined;
    });
    if (!histories.includes(null)) return histories.map((history) => history ?? null);
    await this.rebuild();
    return null;
  }

  async advance({ from, to, mark, entries }: FeatureStep): Promise<boolean> {
    const named = [this.#options.self, to, mark?.sequence ?? '', mark?.requestId ?? ''];
    return (await this.#write(ADVANCE, from, named, entries)) === 'written';
  }

  async put(
    entries: Iterable<FeatureEntry>,
    position: LogPosition,
  ): Promise<'written' | 'behind' | 'unavailable'> {
    const said = await this.#write(PUT, position, ['', '', '', ''], entries);
    return said === 'written' || said === 'behind' ? said : 'unavailable';
  }

  async load(take: (entries: Iterable<FeatureEntry>) => void): Promise<LoadedFeatures | null> {
    const before = await this.#readMeta();
    if (before === null) return null;
    for (const shard of this.#shards.all) {
      const entries = await this.#loadShard(shard);
      if (entries === null) return null;
      take(entries);
    }
    // Made anew meanwhile: some of it may be from before, and some not there yet.
    const after = await this.#readMeta();
    if (after?.epoch !== before.epoch) return null;
    const { position, mark } = before;
    return { position, mark };
  }

  /** Null when it cannot be read, or Redis has thrown some of it away. The older ones come first. */
  async #loadShard(shard: Shard): Promise<FeatureEntry[] | null> {
    const keys = [this.#key('counts'), ...this.#keysOf(shard)];
    const said = await this.#ask((client) =>
      client.callBuffer('EVAL', SHARD, keys.length, ...keys, shard.name),
    );
    if (!Array.isArray(said)) return null;
    const [old, young, count] = said as readonly unknown[];
    const entries = [...entriesIn(old), ...entriesIn(young)];
    return entries.length === Number(String(count)) ? entries : null;
  }

  async #readMeta(): Promise<Meta | null> {
    const said = await this.#ask((client) =>
      client.hmget(this.#key('meta'), 'version', 'epoch', 'log', 'position', 'mark', 'markRequest'),
    );
    return said === null ? null : metaFrom(said);
  }

  async #write(
    script: string,
    { writer, sequence }: LogPosition,
    named: readonly (string | number)[],
    entries: Iterable<FeatureEntry>,
  ): Promise<unknown> {
    const shards = new Map<Shard, number>();
    const written: (string | number | Buffer)[] = [];
    for (const [key, history] of entries) {
      const shard = this.#shards.of(key);
      const place = shards.get(shard) ?? shards.size + 1;
      shards.set(shard, place);
      written.push(place, key, historyBytes(history));
    }
    const touched = [...shards.keys()];
    const keys = [...this.#bases(), ...touched.flatMap((shard) => this.#keysOf(shard))];
    const args = [
      VERSION,
      writer,
      sequence,
      ...named,
      ...touched.map(({ name }) => name),
      ...touched.map(({ fullAt }) => fullAt),
      ...written,
    ];
    return this.#ask((client) => client.eval(script, keys.length, ...keys, ...args));
  }

  /** Null when there is no answer. */
  async #ask<Value>(work: (client: Redis) => Promise<Value>): Promise<Value | null> {
    const answer = await this.#options.connection.ask(work);
    return answer.ok ? answer.value : null;
  }

  #bases(): string[] {
    return ['meta', 'counts', 'lease'].map((part) => this.#key(part));
  }

  #keysOf({ name }: Shard): [young: string, old: string] {
    return [this.#key(`${name}:young`), this.#key(`${name}:old`)];
  }

  #key(part: string): string {
    return `${this.#options.name}:${part}`;
  }
}

interface Meta {
  readonly epoch: string;
  readonly position: LogPosition;
  readonly mark: FeatureMark | null;
}

/** Null when nothing is there, or what was written by another version. */
function metaFrom(said: readonly (string | null)[]): Meta | null {
  const [version, epoch, writer, position, mark, requestId] = said;
  if (version !== VERSION || !epoch || !writer || !position) return null;
  const isMarked = mark !== null && mark !== undefined && requestId !== null;
  return {
    epoch,
    position: { writer, sequence: Number(position) },
    mark: isMarked ? { sequence: Number(mark), requestId: requestId ?? '' } : null,
  };
}

/** Of what HGETALL answers (key, history, key, history, …), without what is no history. */
function* entriesIn(pairs: unknown): Generator<FeatureEntry> {
  if (!Array.isArray(pairs)) return;
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [key, bytes] = pairs.slice(at, at + 2) as readonly unknown[];
    const history = Buffer.isBuffer(bytes) ? historyIn(bytes) : null;
    if (Buffer.isBuffer(key) && history !== null) yield [key.toString(), history];
  }
}
