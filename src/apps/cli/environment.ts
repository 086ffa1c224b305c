/** The settings as a server would take them from here: environment and `.env`. */
import process from 'node:process';
import {
  type Config,
  ConfigError,
  type EffectiveSetting,
  effectiveSettings,
  parseConfig,
  readEnvFile,
} from '../config.ts';
import { withoutPassword } from '../shown-settings.ts';
import { CliError, EXIT, FaultsError } from './exit.ts';

/** `.env` as it stands in the working directory; empty when there is none. */
export function envFile(): Readonly<Record<string, string | undefined>> {
  try {
    return readEnvFile();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.usage, `.env cannot be read: ${reason}`, { cause: error });
  }
}

/** What the environment or `.env` says of a name; undefined when it says nothing. */
export function ownSetting(name: string): string | undefined {
  return process.env[name]?.trim() || envFile()[name]?.trim() || undefined;
}

/** The configuration; every fault is a line of the error. */
export function loadConfig(): Config {
  const checked = checkSettings(effectiveSettings(process.env, envFile()));
  if (checked.config === null) throw new FaultsError(checked.faults);
  return checked.config;
}

/** The configuration, or null and what is wrong with it. */
export function checkSettings(
  settings: readonly EffectiveSetting[],
): { config: Config; faults: readonly [] } | { config: null; faults: readonly string[] } {
  try {
    return { config: parseConfig(settings), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: null, faults: error.faults.map(withoutPassword) };
  }
}
