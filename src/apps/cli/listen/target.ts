/** Where `listen` forwards to, from what people type: `8080/hook`, `localhost:3000/webhooks`, a whole address. */
import { InvalidArgumentError } from 'commander';

export function forwardTarget(text: string): URL {
  const url = completed(text.trim());
  if (url === null || url.hostname === '' || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('It must be like 3000/webhooks or http://localhost:3000/hook.');
  }
  url.hash = '';
  return url;
}

function completed(text: string): URL | null {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return parsedUrl(text);
  // A path alone does not say which port.
  if (text.startsWith('/') || /\s/.test(text)) return null;
  const [, port, path = ''] = /^:?(\d{1,5})((?:[/?].*)?)$/.exec(text) ?? [];
  return parsedUrl(port === undefined ? `http://${text}` : `http://localhost:${port}${path}`);
}

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
