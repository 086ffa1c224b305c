/** How the simulated network behaves at the moment: what decisions hang on beside the payments themselves. */
import type { CompiledRules } from './pipeline.ts';
import type { Settings } from './scenario.ts';
import type { Simulation } from './simulation.ts';

export interface Controls {
  /** What holds now; always that of `simulation`. */
  readonly settings: Settings;
  readonly simulation: Simulation;
  readonly rules: CompiledRules;
}
