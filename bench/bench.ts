/** What every section of the benchmark works with. */
import type { Children } from './children.ts';
import type { GeneratorName, Options } from './options.ts';

export interface Bench {
  readonly options: Options;
  readonly generator: GeneratorName;
  /** Temporary; removed at the end, however it comes. */
  readonly folder: string;
  readonly children: Children;
  /** Progress, for whoever waits. */
  readonly say: (message: string) => void;
}
