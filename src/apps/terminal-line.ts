/** One log line for people: time, what, how it went. */
import { styleText } from 'node:util';

/** `line` is one line of JSON as the log has it; anything else comes back as it is. */
export function terminalLine(line: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry !== 'object' || entry === null) return line;
  const fields = new Map<string, unknown>(Object.entries(entry));
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };

  const time = styleText('dim', text('time').slice(11, 23));
  if (!fields.has('route'))
    return `  ${time} ${levelText(text('level'))}${text('message')}${causeOf(fields)}\n`;
  const status = Number(fields.get('status'));
  const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green';
  const route = `${text('method').padEnd(6)} ${text('route').padEnd(32)}`;
  return `  ${time} ${route} ${styleText(colour, String(status))} ${text('duration_ms').padStart(9)} ms\n`;
}

function levelText(level: string): string {
  if (level === 'info') return '';
  return `${styleText(level === 'warn' ? 'yellow' : 'red', level)} `;
}

function causeOf(fields: ReadonlyMap<string, unknown>): string {
  const error = fields.get('err');
  if (typeof error !== 'object' || error === null || !('message' in error)) return '';
  return `: ${String(error.message)}`;
}
