/** What a process does without being asked: due timers, and followers of the log that write files beside the database. */
import { anchorFollower } from '../adapters/audit/anchor.ts';
import { checkpointAt, checkpointFollower } from '../adapters/features/checkpoint-follower.ts';
import type { MemoryFeatures } from '../adapters/features/memory.ts';
import type { Engine } from '../engine/ports.ts';
import type { Workers } from '../engine/presence.ts';
import { startRelay } from '../engine/relay.ts';
import { startTimers, type Timers } from '../engine/timers.ts';
import type { Config } from './config.ts';
import { anchorsPathOf, hasFile } from './database-kind.ts';
import { featuresPath } from './open-features.ts';
import type { Report } from './report.ts';

export interface Background {
  readonly timers: Timers;
  stop(): Promise<void>;
}

interface Doers {
  readonly engine: Engine;
  readonly features: MemoryFeatures;
  readonly workers: Workers;
}

export function startBackground(
  config: Config,
  { engine, features, workers }: Doers,
  report: Report,
): Background {
  const onError = report('a timer failed; it is tried again in a second');
  const timers = startTimers(engine, onError, workers);
  const anchorsPath = anchorsPathOf(config);
  const followers = [
    ...(anchorsPath === null ? [] : [anchorFollower(anchorsPath, engine.store, engine.clock)]),
    ...(hasFile(config) ? [checkpointFollower(featuresPath(config), features)] : []),
  ];
  const relay = startRelay(engine, followers, (name, error) =>
    report(`follower ${name} failed; it goes on in a second`)(error),
  );
  return {
    timers,
    async stop() {
      await timers.stop();
      await relay.stop();
      if (!hasFile(config)) return;
      await checkpointAt(featuresPath(config), await engine.store.logHead(), features).catch(
        report('no checkpoint could be written; the next start reads more of the log'),
      );
    },
  };
}
