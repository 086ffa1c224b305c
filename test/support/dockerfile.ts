/** A Dockerfile read, and its first stage done without an engine: what COPY copies and RUN runs, in a folder of a test. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Instruction {
  readonly name: string;
  /** As written, on one line. */
  readonly text: string;
}

/** Instructions of each stage, in order; the first begins with its FROM. */
export function stagesOf(dockerfile: string): readonly (readonly Instruction[])[] {
  const lines = dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text });
  }
  return stages;
}

/** The exec form, `["a", "b"]`; throws when it is none, because then a shell would be needed. */
export function execForm(text: string): readonly string[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string')) {
    throw new Error(`expected ["a", "b"], which needs no shell: ${text}`);
  }
  return parsed;
}

/**
 * Does a stage in `folder`, where its working directory is what is written under it; absolute paths that begin with one
 * of the keys of `places` stand for the folder behind it.
 */
export function buildStage(
  stage: readonly Instruction[],
  folder: string,
  places: Readonly<Record<string, string>>,
): void {
  const sent = new Set(filesSent());
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of stage) {
    if (name === 'COPY') copy(text.split(' '), folder, sent);
    if (name === 'RUN') run(execForm(text), folder, places);
  }
}

function copy(words: readonly string[], folder: string, sent: ReadonlySet<string>): void {
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    const files = [...sent].filter((file) => file === source || file.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`COPY ${source}: .dockerignore keeps it back`);
    for (const file of files) {
      const isFile = file === source;
      const inTarget = isFile ? path.basename(file) : file.slice(source.length + 1);
      const isRenamed = isFile && !target.endsWith('/');
      const to = path.join(folder, isRenamed ? target : path.join(target, inTarget));
      cpSync(path.join(ROOT, file), to, { preserveTimestamps: true });
    }
  }
}

function run(
  words: readonly string[],
  folder: string,
  places: Readonly<Record<string, string>>,
): void {
  const [command = '', ...args] = words.map((word) => places[word] ?? word);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: {
      // Not the packages of this repository: the folder is to have its own.
      PATH: (process.env['PATH'] ?? '')
        .split(path.delimiter)
        .filter((entry) => !entry.includes('node_modules'))
        .join(path.delimiter),
      HOME: process.env['HOME'],
      // A machine may need it to reach its registry.
      NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'],
      npm_config_prefer_offline: 'true',
    },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${words.join(' ')}:\n${stdout}${stderr}`);
}

/** What an engine is sent of this repository: paths of files, after .dockerignore. */
export function filesSent(): readonly string[] {
  const rules = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isKept: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  // The last rule that fits a path, or a folder above it, decides.
  const isSent = (file: string) => {
    const found = rules.filter(({ pattern }) => pattern.test(file)).at(-1);
    return found === undefined || found.isKept;
  };
  const walk = (folder: string): string[] =>
    readdirSync(path.join(ROOT, folder)).flatMap((entry) => {
      const file = path.posix.join(folder, entry);
      if (['node_modules', '.git', '.cache', 'coverage'].includes(entry)) return [];
      if (statSync(path.join(ROOT, file)).isDirectory()) return walk(file);
      return isSent(file) ? [file] : [];
    });
  return walk('.');
}

/** `**` is any number of folders, `*` any part of a name; what lies in a folder that fits, fits. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${source}(?:/.*)?$`);
}
