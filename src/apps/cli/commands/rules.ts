/** `farthing rules …`: look at the rules, check a file of them without a server, replace them. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { BODY_BYTES_MAX } from '../../../adapters/http/limits.ts';
import { parseStrictJson } from '../../../adapters/http/strict-json.ts';
import { compileRules, type RulesCompiled } from '../../../adapters/rules/compile.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, printable, printLine } from '../output.ts';
import { printRules, rulesCount, rulesFrom } from '../rules-view.ts';
import { type GlobalOptions, openSession } from '../session.ts';
import { count } from '../wording.ts';

const FILE = 'a document as GET /rules answers it; docs/rules.md describes it';

export function defineRules(command: Command): void {
  command.description('The rules that decide payments.').helpCommand(false);
  defineShow(command.command('show'));
  defineCheck(command.command('check'));
  defineSet(command.command('set'));
}

function defineShow(command: Command): void {
  command
    .description('The rules as they hold now, in the order in which they are asked.')
    .addHelpText(
      'after',
      '\nExamples:\n  farthing rules show\n  farthing rules show --json > rules.json',
    )
    .action(async (_options: unknown, self: Command) => {
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const { text, body } = await client.get('/rules');
      if (isJson) printLine(text);
      else printRules(rulesFrom(body));
    });
}

function defineCheck(command: Command): void {
  command
    .description('Say everything that is wrong with a file of rules. It needs no server.')
    .argument('<file>', FILE)
    .addHelpText(
      'after',
      '\nExamples:\n  farthing rules check rules.json\n  farthing rules check rules.json --json',
    )
    .action((file: string, _options: unknown, self: Command) => {
      check(file, self.optsWithGlobals<GlobalOptions>().json === true);
    });
}

function defineSet(command: Command): void {
  command
    .description('Replace the rules by those of a file. They hold at once, and stay.')
    .argument('<file>', FILE)
    .addHelpText('after', '\nExample:\n  farthing rules set rules.json')
    .action(async (file: string, _options: unknown, self: Command) => {
      const document = contentsOf(file);
      const { client, isJson } = openSession(self.optsWithGlobals<GlobalOptions>());
      const { text, body } = await client.send('PUT', '/rules', document.toString());
      printLine(isJson ? text : `They hold now: ${rulesCount(rulesFrom(body))}.`);
    });
}

function check(file: string, isJson: boolean): void {
  const document = contentsOf(file);
  const compiled = compiledFrom(document);
  const faults = compiled.ok ? [] : compiled.faults;
  if (isJson) printLine(JSON.stringify({ ok: compiled.ok, file, faults }));
  else if (compiled.ok) printLine(`${file}: ${rulesCount(rulesFrom(compiled.rules.document))}`);
  else {
    for (const { pointer, detail } of faults) {
      printLine(printable([file, pointer, detail].filter((part) => part !== '').join(': ')));
    }
  }
  if (document.length > BODY_BYTES_MAX) {
    note(`PUT /rules takes 64 KiB; start the server with RULES_FILE=${file} instead.`);
  }
  if (!compiled.ok) throw new CliError(EXIT.failed, `${count(faults.length, 'fault')} in ${file}`);
}

interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** As the server reads a body: strict JSON, then the document. */
function compiledFrom(
  document: Buffer,
):
  | Extract<RulesCompiled, { ok: true }>
  | { readonly ok: false; readonly faults: readonly Fault[] } {
  const parsed = parseStrictJson(document);
  return parsed.ok ? compileRules(parsed.value.value) : { ok: false, faults: [parsed.fault] };
}

function contentsOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.usage, `${file} cannot be read: ${reason}`, { cause: error });
  }
}
