/** How the simulated network behaves at the start: what the configuration says, and what was changed since. */
import { readFileSync } from 'node:fs';
import { BUILTIN_RULES } from '../adapters/rules/builtin.ts';
import { compileRules } from '../adapters/rules/compile.ts';
import type { Controls } from '../core/controls.ts';
import type { CompiledRules } from '../core/pipeline.ts';
import { simulationFrom, simulationOver } from '../core/simulation.ts';
import type { Store } from '../engine/ports.ts';
import type { Config } from './config.ts';

/** Throws an Error that says what to do when rules cannot be read. */
export async function loadControls(config: Config, store: Store): Promise<Controls> {
  const changed = await store.setting('simulation');
  const simulation =
    changed === null
      ? simulationFrom(config.simulation)
      : simulationOver(config.simulation, changed);
  return { simulation, settings: simulation.settings, rules: await loadRules(config, store) };
}

/** Rules that were put by PUT /rules stay; else those of RULES_FILE; else the built-in ones. */
async function loadRules({ rulesFile }: Config, store: Store): Promise<CompiledRules> {
  const stored = await store.setting('rules');
  if (stored !== null) return compiled(JSON.parse(stored), 'the rules in the database');
  if (rulesFile === null) return compiled(BUILTIN_RULES, 'the built-in rules');
  let text: string;
  try {
    text = readFileSync(rulesFile, 'utf8');
  } catch (error) {
    throw new Error(`RULES_FILE ${rulesFile} cannot be read; give the path of a JSON file`, {
      cause: error,
    });
  }
  try {
    return compiled(JSON.parse(text), `RULES_FILE ${rulesFile}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`RULES_FILE ${rulesFile} is no JSON: ${error.message}`, { cause: error });
  }
}

function compiled(document: unknown, source: string): CompiledRules {
  const result = compileRules(document);
  if (result.ok) return result.rules;
  const [first] = result.faults;
  throw new Error(
    `${source} cannot be used: ${first?.pointer ?? ''} ${first?.detail ?? ''}; check them with: farthing rules check <file>`,
  );
}
