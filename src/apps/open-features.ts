/** What is known of cards, devices and addresses when a process starts. */
import { totalmem } from 'node:os';
import process from 'node:process';
import type { Logger } from 'pino';
import { loadCheckpoint } from '../adapters/features/checkpoint.ts';
import { entitiesFor, type MemoryFeatures, memoryFeatures } from '../adapters/features/memory.ts';
import { startFeatures } from '../engine/feature-keeper.ts';
import { replay } from '../engine/feature-replay.ts';
import type { Store } from '../engine/ports.ts';
import type { Config } from './config.ts';
import { hasFile } from './database-kind.ts';
import type { Shared } from './shared.ts';

export interface OpenedFeatures {
  readonly features: MemoryFeatures;
  /** How far in the log they know all. */
  readonly knownTo: number;
}

interface Sources {
  readonly store: Store;
  readonly shared: Shared | null;
  readonly logger: Logger;
}

/** From the last checkpoint, or from what is kept in Redis, and from what the log says after it. */
export async function openFeatures(
  config: Config,
  { store, shared, logger }: Sources,
): Promise<OpenedFeatures> {
  const features = memoryFeatures({ entitiesMax: entitiesFor(memoryBytes()) });
  if (shared !== null) {
    const { knownTo, read, refusal } = await startFeatures(store, shared.features, features);
    const from = refusal === null ? 'Redis, and what the log says after it' : 'the whole log';
    const facts = { entities: features.size, events_read: read, reason: refusal };
    logger.info(facts, `what is known of cards was read from ${from}`);
    return { features, knownTo };
  }
  const after = hasFile(config)
    ? loadCheckpoint(featuresPath(config), await store.logHead(), features)
    : null;
  const knownTo = await replay(store, features, after ?? 0);
  return { features, knownTo };
}

/** What this process may take: all of the machine's, or as much as its container is given. */
function memoryBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

/** The file of the last checkpoint. */
export function featuresPath({ databasePath }: Config): string {
  return `${databasePath}.features`;
}
