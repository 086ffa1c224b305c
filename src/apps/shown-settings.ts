/** Settings as they may be shown: by `farthing config`, and by GET /configuration of a running server. */
import type { EffectiveSetting, Source } from './config.ts';
import { isSecret, SETTINGS, type SettingName } from './settings.ts';

export interface ShownSetting {
  readonly name: SettingName;
  /** Empty when nothing is set; of a secret, only that it is set. */
  readonly value: string;
  readonly source: Source;
  readonly secret: boolean;
  readonly description: string;
}

export function shownSettings(settings: readonly EffectiveSetting[]): readonly ShownSetting[] {
  const meanings = new Map(SETTINGS.map(({ name, meaning }) => [name, meaning]));
  return settings.map((setting) => ({
    name: setting.name,
    value: shownValue(setting),
    source: setting.source,
    secret: isSecret(setting.name),
    description: meanings.get(setting.name) ?? '',
  }));
}

/** Secrets are not shown, nor passwords in addresses. */
export function shownValue({ name, value }: EffectiveSetting): string {
  return isSecret(name) && value !== '' ? '(set, not shown)' : withoutPassword(value);
}

/** A URL can carry one before its host, where an @ of the password's own may stand in it, or as a parameter. */
export function withoutPassword(text: string): string {
  return text
    .replaceAll(/(:\/\/[^\s:/@]*):[^\s/]+@/g, '$1:***@')
    .replaceAll(/([?&]password=)[^&\s]+/gi, '$1***');
}
