/** The pipelines and the Makefile, as far as they can be judged without those who run them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly name: string;
  readonly 'timeout-minutes': number;
  readonly strategy?: { readonly matrix: { readonly include: readonly { title: string }[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const workflowText = textOf('.github/workflows/ci.yml');
const jenkinsText = textOf('Jenkinsfile');
const workflow = parse(workflowText) as Workflow;
const jobs = Object.values(workflow.jobs);

const STAGES = [
  'Lint',
  'Types',
  'Tests on SQLite',
  'Tests on Postgres',
  'Dashboard build',
  'Compose check',
  'Image build',
  'End to end',
  'SBOM',
  'Audit',
];

describe('the workflow', () => {
  test('has every stage', () => {
    const names = jobs.flatMap(({ name, strategy }) =>
      strategy === undefined
        ? [name]
        : strategy.matrix.include.map(({ title }) => name.replace('${{ matrix.title }}', title)),
    );
    expect(names).toEqual(STAGES);
  });

  test('pins every action to a commit, and says which version that is', () => {
    const used = [...workflowText.matchAll(/uses: (\S+)(.*)/g)];
    expect(used.length).toBeGreaterThan(5);
    for (const [, action = '', comment = ''] of used) {
      expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    // One version of each.
    const commits = new Set(used.map(([, action]) => action));
    const actions = new Set(used.map(([, action = '']) => action.split('@')[0]));
    expect(commits.size).toBe(actions.size);
  });

  test('may read and nothing else, ends by itself, and keeps no credentials', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.concurrency.group).toContain('github.ref');
    for (const job of jobs) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      expect(job).not.toHaveProperty('permissions');
      expect(job.steps[0]?.uses).toContain('actions/checkout');
      expect(job.steps[0]?.with).toEqual({ 'persist-credentials': false });
      expect(job.steps[1]?.with).toMatchObject({ cache: 'npm' });
    }
    expect(workflowText).not.toMatch(/secrets\.|pull_request_target/);
    // What somebody else wrote (a title, the name of a branch) must never become a part of a command.
    for (const { run = '' } of jobs.flatMap(({ steps }) => steps)) {
      expect(run).not.toMatch(/\$\{\{\s*github\./);
    }
  });

  test('looks at the dashboard through the composed stack', () => {
    const [e2e] = jobs.filter(({ name }) => name === 'End to end');
    const text = JSON.stringify(e2e);
    expect(text).toContain('docker compose up --build --detach --wait');
    expect(text).toContain('"E2E_BASE_URL":"http://127.0.0.1:4173"');
  });
});

describe('the Jenkinsfile', () => {
  test('has the same stages in the same order', () => {
    const stages = [...jenkinsText.matchAll(/^ +stage\('([^']+)'\)/gm)].map(([, name]) => name);
    expect(stages).toEqual(STAGES);
    expect(jenkinsText.match(/timeout\(time: \d+, unit: 'MINUTES'\)/g)).toHaveLength(STAGES.length);
  });

  test('closes what it opens', () => {
    const code = jenkinsText.replaceAll(/\/\/.*|'[^'\n]*'|"[^"\n]*"/g, '');
    const open: string[] = [];
    const pairs: Readonly<Record<string, string>> = { '}': '{', ')': '(', ']': '[' };
    for (const [bracket] of code.matchAll(/[{}()[\]]/g)) {
      const partner = pairs[bracket];
      if (partner === undefined) open.push(bracket);
      else expect(open.pop()).toBe(partner);
    }
    expect(open).toEqual([]);
    expect(code).not.toMatch(/['"]/);
  });

  test('runs the commands of the workflow', () => {
    const shared = jobs
      .flatMap(({ steps }) => steps)
      .flatMap(({ run = '' }) => (run.includes('\n') || run.includes('${{') ? [] : [run]))
      .filter((run) =>
        /^(?:node|docker compose|docker build --check|npm (?:sbom|audit|run))/.test(run),
      );
    expect(shared.length).toBeGreaterThan(15);
    for (const command of shared) expect(jenkinsText).toContain(`sh '${command}'`);
  });

  test('and the workflow name files and scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const text = workflowText + jenkinsText;
    for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) {
      expect(Object.keys(scripts)).toContain(name);
    }
    for (const [, file = ''] of text.matchAll(/(?:scripts\/run\.js|-p) ([\w./]+\.(?:ts|json))/g)) {
      expect(textOf(file)).not.toBe('');
    }
    const installed = JSON.parse(textOf('package.json')) as {
      devDependencies: Record<string, string>;
    };
    const tools: Readonly<Record<string, string>> = { tsc: 'typescript', redocly: '@redocly/cli' };
    for (const [, tool = ''] of text.matchAll(/--bin ([a-z]+)/g)) {
      expect(Object.keys(installed.devDependencies)).toContain(tools[tool] ?? tool);
    }
  });
});

describe('the Makefile', () => {
  const TARGETS = ['help', 'up', 'down', 'restart', 'logs', 'ps', 'seed', 'openapi', 'test'];

  function make(...args: readonly string[]): string {
    return execFileSync('make', ['--no-print-directory', ...args], { cwd: ROOT, encoding: 'utf8' });
  }

  test('says what it can do when nothing is asked, a line for each', () => {
    const lines = make().trimEnd().split('\n');
    expect(lines.map((line) => line.trim().split(/\s+/)[1])).toEqual(TARGETS);
    for (const line of lines) expect(line).toMatch(/^ {2}make [a-z]+ +[a-zA-Z].{5,}/);
  });

  test.each(TARGETS)('%s is a command, not a file', (target) => {
    expect(make('--dry-run', target).trim()).not.toBe('');
    expect(textOf('Makefile')).toMatch(new RegExp(`^\\.PHONY:.*\\b${target}\\b`, 'm'));
  });

  test('starts as many processes as are asked for', () => {
    expect(make('--dry-run', 'up', 'API=3', 'WORKERS=2')).toContain(
      'up --build --detach --wait --scale api=3 --scale worker=2',
    );
  });
});

function textOf(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');
}
