/**
 * The style that a machine can check, as a test (STYLE.md). Each rule is a function from one file
 * to what is wrong with it; it is run over every file that git tracks or would track, and over
 * small bad examples that prove it can fail. Lengths of files and functions, and what needs types,
 * are the linter's (.oxlintrc.json).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface SourceFile {
  /** Relative to the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

type Rule = (file: SourceFile) => readonly string[];

const root = fileURLToPath(new URL('..', import.meta.url));

const rules = {
  'layers import downward only': importEdges,
  'only apps read the environment': environment,
  'only adapters/system and apps ask for the time or for chance': clockAndChance,
  'core is synchronous and knows no clock and no process': pureCore,
  'no comment in src puts work off, and no file name says nothing': bannedWords,
  'no test is skipped, focused or left for later': unrunTests,
  'no file names a machine or a registry': machineNames,
  'every dependency has an exact version': exactVersions,
  'the lockfile names no server and leaves no package out': lockfile,
} satisfies Record<string, Rule>;

describe('the repository', () => {
  const files = sourceFiles();

  test('is read whole', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toContain('package.json');
    expect(paths).toContain('test/tidy.test.ts');
    expect(paths.some((name) => name.startsWith('src/core/'))).toBe(true);
  });

  test.each(Object.entries(rules))('%s', (_, rule: Rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });
});

// ---- the rules

const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  engine: ['engine', 'core'],
  adapters: ['adapters', 'engine', 'core'],
  apps: ['apps', 'adapters', 'engine', 'core'],
};

/**
 * Tests may import packages and what lies in test/, and use a real adapter where the code beside
 * them only knows its port.
 */
function importEdges(file: SourceFile): readonly string[] {
  const [top, layer = '', adapter] = file.path.split('/');
  if (top !== 'src' || !isCode(file)) return [];
  const below = LAYERS[layer];
  if (below === undefined)
    return [`${file.path}: src/${layer} is not one of ${Object.keys(LAYERS).join(', ')}`];
  const isExempt = isTest(file) && layer !== 'core';
  return importsOf(file).flatMap(({ specifier, line }) => {
    const where = `${file.path}:${line}: ${layer} imports ${specifier}`;
    if (!specifier.startsWith('.')) {
      return ['core', 'engine'].includes(layer) && !isTest(file) ? [`${where}, a package`] : [];
    }
    const target = path.posix.join(path.posix.dirname(file.path), specifier).split('/');
    if (target[0] === 'test' && isTest(file)) return [];
    if (target[0] !== 'src') return [`${where}, outside src`];
    const targetLayer = target[1] ?? '';
    if (!below.includes(targetLayer)) {
      return isExempt && targetLayer === 'adapters' ? [] : [`${where}, which is not below it`];
    }
    const isOtherAdapter =
      layer === 'adapters' && targetLayer === 'adapters' && target[2] !== adapter;
    return isOtherAdapter && !isExempt ? [`${where}, another adapter`] : [];
  });
}

function environment(file: SourceFile): readonly string[] {
  if (!isCode(file) || !file.path.startsWith('src/') || file.path.startsWith('src/apps/'))
    return [];
  const imported = importsOf(file).filter(({ specifier }) => /^(?:node:)?process$/.test(specifier));
  return [
    ...found(file, codeOf(file), /\bprocess\s*(?:\?\.|\.)\s*(?:env|loadEnvFile)\b/g),
    ...imported.map(({ line }) => `${file.path}:${line}: imports process`),
  ];
}

const CLOCK_AND_CHANCE = anyOf(
  /\bDate\s*\.\s*now\b/,
  /\bnew\s+Date\b(?:\s*\(\s*\)|(?!\s*\())/,
  /(?<!\bnew\s+)\bDate\s*\(/,
  /\bMath\s*\.\s*random\b/,
  /\b(?:randomBytes|randomInt|randomUUID(?:v7)?|randomFill(?:Sync)?|getRandomValues)\b/,
);

/**
 * `new Date(ms)` reads no clock. Tests may use what they like: they are not part of the program.
 */
function clockAndChance(file: SourceFile): readonly string[] {
  const isAllowed = /^src\/(?:apps|adapters\/system)\//.test(file.path) || isTest(file);
  if (!isCode(file) || !file.path.startsWith('src/') || isAllowed) return [];
  return found(file, codeOf(file), CLOCK_AND_CHANCE);
}

const IMPURE = anyOf(
  /\b(?:async|await|Promise|Date)\b/,
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
  /(?<![\w.])(?:process|performance|globalThis|crypto)\s*\??\.(?!\.)/,
);

function pureCore(file: SourceFile): readonly string[] {
  if (!isCode(file) || !file.path.startsWith('src/core/') || isTest(file)) return [];
  return found(file, codeOf(file), IMPURE);
}

/**
 * XXX marks a doubt where a comment begins with it; elsewhere it is the currency code for «no
 * currency».
 */
const POSTPONED = /\b(?:TODO|FIXME|HACK)\b|(?:\/\/|\/\*+)\s*XXX\b|\bXXX:/g;

function bannedWords(file: SourceFile): readonly string[] {
  if (!file.path.startsWith('src/')) return [];
  const name = /util(?:s|ity|ities)?(?![a-z])|helper|manager/i.exec(file.path);
  return [
    ...(name === null
      ? []
      : [`${file.path}: a name with «${name[0]}» does not say what is inside`]),
    ...(isCode(file) ? found(file, parts(file.text).comments, POSTPONED) : []),
  ];
}

function unrunTests(file: SourceFile): readonly string[] {
  if (!isCode(file)) return [];
  const unrun =
    /\b(?:it|test|describe|suite)(?:\s*\.\s*\w+)*?\s*\.\s*(?:skip|skipIf|runIf|only|todo)\b/g;
  return found(file, codeOf(file), unrun);
}

function machineNames(file: SourceFile): readonly string[] {
  const here = root.replace(/\/$/, '');
  const isTelling = here.split('/').length > 2; // «/app» may well be what a container calls it
  return [
    ...found(
      file,
      file.text,
      /(?<![\w.~-])\/(?:home|Users)\/[a-z][\w.-]*\/|(?<![\w.~-])\/root\/|\b[A-Z]:\\+Users\\/g,
    ),
    ...found(
      file,
      file.text,
      /\bregistry\.(?:[a-z0-9-]+\.)+(?:org|com|io|net|dev|cloud)\b|\bnpmjs\.(?:org|com)\b/gi,
    ),
    ...(isTelling && file.text.includes(here)
      ? [`${file.path}: names the directory it lies in`]
      : []),
  ];
}

const DEPENDENCY_KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

interface Manifest extends Partial<
  Record<(typeof DEPENDENCY_KINDS)[number], Record<string, string>>
> {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

function exactVersions(file: SourceFile): readonly string[] {
  if (path.posix.basename(file.path) !== 'package.json') return [];
  const manifest = JSON.parse(file.text) as Manifest;
  return DEPENDENCY_KINDS.flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version))
      .map(([name, version]) => `${file.path}: ${name} «${version}» is not one exact version`),
  );
}

/**
 * A registry that does not carry a build for another platform makes npm write a lockfile without
 * it, which `npm ci` then refuses everywhere.
 */
function lockfile(file: SourceFile): readonly string[] {
  if (file.path !== 'package-lock.json') return [];
  const { packages } = JSON.parse(file.text) as { readonly packages: Record<string, Manifest> };
  return Object.entries(packages).flatMap(([where, entry]) => {
    const optional = Object.keys(entry.optionalDependencies ?? {});
    const absent = optional.filter((name) => !isReachable(packages, where, name));
    return [
      ...(entry.resolved === undefined || entry.link === true
        ? []
        : [`${file.path}: ${where} has «resolved»`]),
      ...absent.map((name) => `${file.path}: ${where} needs ${name}, which has no entry`),
    ];
  });
}

/** Looks a package up as Node would: beside the one that asks, then in each directory above. */
function isReachable(packages: Record<string, Manifest>, where: string, name: string): boolean {
  const steps = where.split('/');
  return steps
    .map((_, taken) => [...steps.slice(0, steps.length - taken), 'node_modules', name].join('/'))
    .concat(`node_modules/${name}`)
    .some((candidate) => packages[candidate] !== undefined);
}

// ---- reading files

function sourceFiles(): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((name) => name !== '' && existsSync(path.join(root, name)))
    .map((name) => ({ path: name, text: readFileSync(path.join(root, name), 'utf8') }))
    .filter((file) => !file.text.includes('\0')); // pictures and fonts
}

function isCode(file: SourceFile): boolean {
  return /\.[cm]?[jt]sx?$/.test(file.path);
}

/** A contract is a suite that the tests of several adapters run. */
function isTest(file: SourceFile): boolean {
  return /\.(?:test|contract)\.ts$/.test(file.path);
}

function found(file: SourceFile, text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(
    (match) => `${file.path}:${lineAt(text, match.index)}: ${match[0].replaceAll(/\s+/g, ' ')}`,
  );
}

function importsOf(
  file: SourceFile,
): readonly { readonly specifier: string; readonly line: number }[] {
  const code = codeOf(file);
  return [...code.matchAll(/(?:\bfrom|\bimport|\b(?:import|require)\s*\()\s*(?=['"`])/g)].map(
    (match) => {
      const start = match.index + match[0].length + 1;
      const end = file.text.indexOf(file.text.charAt(start - 1), start);
      return { specifier: file.text.slice(start, end), line: lineAt(code, match.index) };
    },
  );
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function codeOf(file: SourceFile): string {
  return parts(file.text).code;
}

const TOKEN = anyOf(
  /\/\/.*/,
  /\/\*[^]*?\*\//,
  /'(?:\\[^]|[^'\\\n])*'/,
  /"(?:\\[^]|[^"\\\n])*"/,
  /[`{}]/,
  /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//, // a regular expression, or two divisions
);
const TEMPLATE_TEXT = /(?:\\[^]|\$(?!\{)|[^`\\$])*(`|\$\{)/y;

/**
 * Splits a program into two texts of its own length: the code, with the insides of strings,
 * templates and regular expressions blanked, and the comments. Code inside `${…}` stays code.
 */
function parts(text: string): { readonly code: string; readonly comments: string } {
  const comments: string[] = [];
  const code: string[] = [];
  const openBraces: number[] = []; // one count for every `${` we are inside
  let done = 0;
  const take = (end: number, kind: 'code' | 'comment' | 'literal') => {
    const piece = text.slice(done, end);
    const blank = piece.replaceAll(/[^\n]/g, ' ');
    const literal = `${piece.slice(0, 1)}${blank.slice(1, -1)}${piece.slice(-1)}`;
    code.push(kind === 'code' ? piece : kind === 'literal' ? literal : blank);
    comments.push(kind === 'comment' ? piece : blank);
    done = end;
  };
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [lexeme] = match;
    const braces = openBraces.at(-1);
    if (lexeme.startsWith('//') || lexeme.startsWith('/*')) {
      take(match.index, 'code');
      take(token.lastIndex, 'comment');
    } else if (lexeme === '`' || (lexeme === '}' && braces === 0)) {
      if (lexeme === '}') openBraces.pop();
      take(match.index, 'code');
      TEMPLATE_TEXT.lastIndex = token.lastIndex;
      const end = TEMPLATE_TEXT.exec(text);
      if (end?.[1] === '${') openBraces.push(0);
      token.lastIndex = end === null ? text.length : TEMPLATE_TEXT.lastIndex;
      take(token.lastIndex, 'literal');
    } else if (lexeme === '{' || lexeme === '}') {
      if (braces !== undefined)
        openBraces.push((openBraces.pop() ?? 0) + (lexeme === '{' ? 1 : -1));
    } else if (lexeme.startsWith('/') && !startsExpression(text.slice(0, match.index))) {
      token.lastIndex = match.index + 1; // a division
    } else {
      take(match.index, 'code');
      take(token.lastIndex, 'literal');
    }
  }
  take(text.length, 'code');
  return { code: code.join(''), comments: comments.join('') };
}

const BEFORE_EXPRESSION = anyOf(
  /(?:^|[([{}<>,;:=!&|?+\-*%~^])\s*$/,
  /\b(?:return|typeof|case|in|of|void|yield|await|throw)\s*$/,
);

/** Whether a slash after this text begins a regular expression rather than divides. */
function startsExpression(before: string): boolean {
  return before.slice(-40).search(BEFORE_EXPRESSION) !== -1;
}

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map((pattern) => pattern.source).join('|'), 'g');
}

// ---- the rules can fail

describe('each rule', () => {
  const examples: Record<
    keyof typeof rules,
    { readonly bad: readonly SourceFile[]; readonly good: readonly SourceFile[] }
  > = {
    'layers import downward only': {
      bad: [
        file('src/core/a.ts', `import { b } from '../engine/b.ts';`),
        file('src/core/a.ts', `import type { B } from 'kysely';`),
        file('src/core/a.ts', `import { hash } from 'node:crypto';`),
        file('src/core/a.ts', `export * from\n  '../adapters/http/app.ts';`),
        file('src/core/a.test.ts', `import { b } from '../engine/b.ts';`),
        file('src/engine/a.ts', `import { setTimeout } from 'node:timers/promises';`),
        file('src/engine/a.ts', `const b = await import('../adapters/system/clock.ts');`),
        file('src/engine/a.ts', `import '../../scripts/run.js';`),
        file('src/engine/a.ts', `import { aPayment } from '../../test/support/payment.ts';`),
        file('src/adapters/http/app.ts', `import { open } from '../storage/sqlite/store.ts';`),
        file('src/adapters/http/routes/a.ts', `import { config } from '../../../apps/config.ts';`),
        file('src/adapters/http/app.test.ts', `import { config } from '../../apps/config.ts';`),
        file('src/shared/a.ts', ''),
      ],
      good: [
        file(
          'src/core/a.ts',
          `// import { b } from '../engine/b.ts';\nimport { c } from './c.ts';`,
        ),
        file('src/core/a.ts', `const text = "import b from 'kysely'";`),
        file('src/core/a.test.ts', `import { test } from 'vitest';\nimport { a } from './a.ts';`),
        file('src/core/a.test.ts', `import { aPayment } from '../../test/support/payment.ts';`),
        file('src/engine/a.ts', `import { decide } from '../core/decide.ts';`),
        file('src/engine/a.test.ts', `import { open } from '../adapters/storage/sqlite/store.ts';`),
        file(
          'src/adapters/storage/sqlite/a.ts',
          `import { b } from '../chain.ts';\nimport 'kysely';`,
        ),
        file('src/apps/server.ts', `import { app } from '../adapters/http/app.ts';`),
      ],
    },
    'only apps read the environment': {
      bad: [
        file('src/adapters/http/a.ts', 'const port = process.env.PORT;'),
        file('src/adapters/http/a.ts', 'process.loadEnvFile();'),
        file('src/adapters/http/a.ts', `import { env } from 'node:process';`),
        file('src/core/a.ts', 'const text = `port ${process.env["PORT"]}`;'),
      ],
      good: [
        file('src/apps/config.ts', 'const port = process.env.PORT;'),
        file('src/core/a.ts', '/* never process.env */ const a = "process.env";'),
      ],
    },
    'only adapters/system and apps ask for the time or for chance': {
      bad: [
        file('src/engine/a.ts', 'const nowMs = Date.now();'),
        file('src/engine/a.ts', 'const now = new Date();'),
        file('src/engine/a.ts', 'const now = new Date;'),
        file('src/engine/a.ts', 'const now = Date();'),
        file('src/core/a.ts', 'const draw = Math.random();'),
        file('src/adapters/http/a.ts', `import { randomUUID } from 'node:crypto';`),
        file('src/adapters/http/a.ts', 'crypto.getRandomValues(bytes);'),
      ],
      good: [
        file('src/adapters/http/a.ts', 'const at = new Date(nowMs).toISOString();'),
        file('src/adapters/system/clock.ts', 'export const nowMs = () => Date.now();'),
        file('src/apps/server.ts', 'const startedAt = new Date();'),
        file('src/engine/a.ts', 'interface Row { readonly createdAt: Date }'),
      ],
    },
    'core is synchronous and knows no clock and no process': {
      bad: [
        file('src/core/a.ts', 'export async function a() {}'),
        file('src/core/a.ts', 'function a(): Promise<void> {}'),
        file('src/core/a.ts', 'const at = new Date(nowMs);'),
        file('src/core/a.ts', 'process.exit(1);'),
        file('src/core/a.ts', 'const r = a / 2; const at = `${new Date(ms)}`; // half / of it'),
        file('src/core/a.ts', `const quote = /['"]/; await decide();`),
      ],
      good: [
        file(
          'src/core/a.ts',
          '// await nothing, promise nothing: no Date, no process.env\nexport const a = 1;',
        ),
        file(
          'src/core/a.ts',
          `const words = ['await', "Date", \`Promise\`]; const re = /new Date()/;`,
        ),
        file('src/core/a.ts', 'function process(step: Step) { return next(step).process; }'),
        file('src/engine/a.ts', 'export async function a() {}'),
      ],
    },
    'no comment in src puts work off, and no file name says nothing': {
      bad: [
        file('src/engine/a.ts', '// TODO: later'),
        file('src/engine/a.ts', '/**\n * FIXME\n */'),
        file('src/engine/a.ts', 'go(); // XXX why'),
        file('src/engine/utils.ts', ''),
        file('src/engine/sessionManager.ts', ''),
        file('src/helpers/a.ts', ''),
      ],
      good: [
        file('src/core/currencies.ts', `const none = 'XXX'; // where XXX is no currency`),
        file('src/core/utilization.ts', ''),
      ],
    },
    'no test is skipped, focused or left for later': {
      bad: [
        file('src/core/a.test.ts', `it.skip('a', () => {});`),
        file('src/core/a.test.ts', `test.only('a', () => {});`),
        file('src/core/a.test.ts', `describe.skip('a', () => {});`),
        file('src/core/a.test.ts', `test.todo('a');`),
        file('src/core/a.test.ts', `describe\n  .concurrent.skipIf(true)('a', () => {});`),
      ],
      good: [file('src/core/a.test.ts', `test.each([1])('a %i', () => {}); // it.skip`)],
    },
    'no file names a machine or a registry': {
      bad: [
        file('docs/a.md', ['see ', 'home', 'someone', 'farthing'].join('/')),
        file('docs/a.md', ['', 'Users', 'someone', 'farthing'].join('/')),
        file('docs/a.md', ['C:', 'Users', 'someone'].join('\\')),
        file('docs/a.md', `cd ${root}`),
        file('.npmrc', `@x:${['registry', 'example', 'org'].join('.')}`),
      ],
      good: [
        file(
          'src/a.ts',
          'registry.metrics().then(registry.contentType.length); get("/users/home/x")',
        ),
      ],
    },
    'every dependency has an exact version': {
      bad: ['^1.2.3', '~1.2.3', '1.x', 'latest', '*', '>=1.0.0', 'file:../a'].map((version) =>
        file('sdk/package.json', JSON.stringify({ devDependencies: { a: version } })),
      ),
      good: [
        file('package.json', JSON.stringify({ dependencies: { a: '1.2.3', b: '2.0.0-rc.1' } })),
      ],
    },
    'the lockfile names no server and leaves no package out': {
      bad: [
        lock({ 'node_modules/a': { version: '1.0.0', resolved: 'https://example.org/a.tgz' } }),
        lock({
          'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-win': '1.0.0' } },
        }),
      ],
      good: [
        lock({ 'node_modules/sdk': { resolved: 'sdk', link: true } }),
        lock({
          'node_modules/b/node_modules/a': {
            optionalDependencies: { 'a-win': '1.0.0', 'a-mac': '1.0.0' },
          },
          'node_modules/b/node_modules/a-win': { version: '1.0.0' },
          'node_modules/a-mac': { version: '1.0.0' },
        }),
      ],
    },
  };

  const named = Object.entries(rules).map(([name, rule]) => ({ name, rule }));

  test.each(named)('refuses its bad examples: $name', ({ name, rule }) => {
    for (const example of examples[name as keyof typeof rules].bad) {
      expect(rule(example), `${example.path}: ${example.text}`).not.toEqual([]);
    }
  });

  test.each(named)('lets its good examples pass: $name', ({ name, rule }) => {
    for (const example of examples[name as keyof typeof rules].good) {
      expect(rule(example), `${example.path}: ${example.text}`).toEqual([]);
    }
  });

  test('says where', () => {
    expect(clockAndChance(file('src/engine/a.ts', '\n/* a */ const a = Date\n  .now();'))).toEqual([
      'src/engine/a.ts:2: Date .now',
    ]);
  });

  function file(name: string, text: string): SourceFile {
    return { path: name, text };
  }

  function lock(packages: Record<string, Manifest>): SourceFile {
    return file('package-lock.json', JSON.stringify({ packages }));
  }
});
