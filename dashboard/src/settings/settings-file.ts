/** Settings as texts that a service can be started with. A secret is named, its value never written. */
import type { ConfigurationSetting as Setting } from '@farthing/sdk';

export function envText(settings: readonly Setting[]): string {
  return settings.map((setting) => `${envLine(setting)}\n`).join('');
}

/** Names and values, as the environment has them; a secret is null. */
export function jsonText(settings: readonly Setting[]): string {
  const values = settings.map(({ name, value, secret }) => [name, secret ? null : value]);
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
}

function envLine({ name, value, secret }: Setting): string {
  if (secret) return `# ${name}= (a secret: put it here yourself)`;
  if (/^[\w.:/,+@%*-]*$/.test(value)) return `${name}=${value}`;
  // There is no escape in such a file: what has all three quotes cannot stand in it.
  const quote = ["'", '`', '"'].find((one) => !value.includes(one));
  if (quote === undefined) return `# ${name}= (its value cannot be quoted)`;
  return `${name}=${quote}${value}${quote}`;
}
