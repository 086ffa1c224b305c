/** What a person at a terminal is asked: a terminal is stood in for by a stream; what needs none is in test/e2e. */
import process from 'node:process';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withStranger } from '../../../../test/support/cli.ts';
import { CliError, EXIT } from '../exit.ts';
import { defineReset } from './reset.ts';

let typed: PassThrough;
let written: { stdout: string; stderr: string };
let asked: string[];

beforeEach(() => {
  typed = new PassThrough();
  written = { stdout: '', stderr: '' };
  asked = [];
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(terminal(typed, process.stdin));
  const shown = new PassThrough().on('data', (chunk) => (written.stderr += String(chunk)));
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(terminal(shown, process.stderr));
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.stdout += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function terminal<Stream>(stream: PassThrough, _like: Stream): Stream {
  return Object.assign(stream, { isTTY: true }) as unknown as Stream;
}

/** What `farthing reset` throws; null when it ends well. `total` payments are there. */
function reset(total: number, ...options: string[]): Promise<CliError | null> {
  return withStranger(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(JSON.stringify({ total: request.method === 'GET' ? total : 0 }));
    },
    async (url) => {
      const program = new Command('farthing').option('--json').option('--url <url>').exitOverride();
      defineReset(program.command('reset'));
      try {
        await program.parseAsync(['--url', url, 'reset', ...options], { from: 'user' });
        return null;
      } catch (error) {
        if (error instanceof CliError) return error;
        throw error;
      }
    },
  );
}

test('asks how sure somebody is, and removes everything after the right word', async () => {
  typed.write('reset\n');
  expect(await reset(12)).toBeNull();
  expect(written.stderr).toMatch(/Remove all 12 payments at http:\S+\? Type reset: /);
  expect(written.stdout).toBe('Removed all 12 payments. The log begins anew.\n');
  expect(asked).toEqual(['GET /summary', 'DELETE /admin/reset']);
});

test.each(['\n', 'yes\n', 'Reset\n', 'resett\n', '\u0003', '\u0004'])(
  'removes nothing after %j',
  async (answer) => {
    typed.write(answer);
    expect(await reset(12)).toMatchObject({
      exitCode: EXIT.failed,
      message: 'nothing was removed',
    });
    expect(written.stdout).toBe('');
    expect(asked).toEqual(['GET /summary']);
  },
);

test('does not ask with --yes', async () => {
  expect(await reset(1, '--yes')).toBeNull();
  expect(written).toEqual({
    stderr: '',
    stdout: 'Removed the only payment. The log begins anew.\n',
  });
});

test('keeps the question out of the JSON', async () => {
  typed.write('reset\n');
  expect(await reset(12, '--json')).toBeNull();
  expect(JSON.parse(written.stdout)).toEqual({ total: 0 });
});
