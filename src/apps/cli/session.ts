/** What a command that talks to a server works with, from the global options and the settings around it. */
import process from 'node:process';
import { type EffectiveSetting, effectiveSettings } from '../config.ts';
import type { SettingName } from '../settings.ts';
import { urlHost } from '../url-host.ts';
import { type Client, createClient, type Target } from './client.ts';
import { envFile, ownSetting } from './environment.ts';
import { CliError, EXIT } from './exit.ts';

/** Options that every command takes, as commander names them. */
export interface GlobalOptions {
  readonly json?: true;
  readonly url?: string;
  readonly apiKey?: string;
}

export interface Session {
  readonly client: Client;
  /** Where the client sends to, for those that send in another way. */
  readonly target: Target;
  readonly isJson: boolean;
  /** True when somebody named the server; else its URL was made from HOST and PORT. */
  readonly isUrlGiven: boolean;
}

export function openSession(options: GlobalOptions): Session {
  const given = givenUrl(options);
  const url = checkedUrl(given ?? localUrl(effectiveSettings(process.env, envFile())));
  const apiKey = checkedKey(options.apiKey ?? ownSetting('FARTHING_API_KEY'));
  const target = { url, apiKey };
  return {
    client: createClient(target),
    target,
    isJson: options.json === true,
    isUrlGiven: given !== undefined,
  };
}

/** The URL that somebody named; undefined when it is to be made from HOST and PORT. */
export function givenUrl({ url }: GlobalOptions): string | undefined {
  return url ?? ownSetting('FARTHING_URL');
}

/** Where a server with these settings can be found from this machine. */
function localUrl(settings: readonly EffectiveSetting[]): string {
  const valueOf = (name: SettingName) =>
    settings.find((setting) => setting.name === name)?.value ?? '';
  const host = valueOf('HOST');
  const port = valueOf('PORT');
  if (port === '0') {
    throw new CliError(
      EXIT.usage,
      'PORT is 0, so the server took any free port: say which with --url or FARTHING_URL',
    );
  }
  return `http://${urlHost(host)}:${port}`;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (isPlain && (url.protocol === 'http:' || url.protocol === 'https:')) {
    return url.href.replace(/\/+$/, '');
  }
  throw new CliError(
    EXIT.usage,
    `the server's URL must be like http://127.0.0.1:8000 (it is ${JSON.stringify(text)})`,
  );
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new CliError(EXIT.usage, 'the API key must be visible ASCII characters without spaces');
}
