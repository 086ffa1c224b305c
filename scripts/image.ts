/**
 * Lays out everything the container image holds, for the Dockerfile: `node scripts/run.js scripts/image.ts <folder>`.
 *
 *   <folder>/root    becomes the image's file system, owned by root
 *   <folder>/owned   becomes what the server may write to: /data
 *
 * There is no Linux distribution in it, no shell and no npm: Node, the libraries that Node loads, the compiled server,
 * the packages that it imports, and the dashboard. Node is the one of package-lock.json, which the tests ran on.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureDashboard } from './dashboard.js';
import { packagesToRun } from './image-packages.ts';
import { NODE_FLAGS } from './node-flags.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Nobody's number on a usual system, so that a file that leaves the container belongs to nobody there. */
const UID = 65_532;

/** What Node looks up of the system: who runs it, and that names are looked up in /etc/hosts and by DNS. */
const SYSTEM_FILES = {
  'etc/passwd': `root:x:0:0:root:/:/none\nfarthing:x:${UID}:${UID}:farthing:/data:/none\n`,
  'etc/group': `root:x:0:\nfarthing:x:${UID}:\n`,
  'etc/nsswitch.conf': 'hosts: files dns\n',
};

/** `docker exec <container> farthing …` works too: the kernel reads the first line, no shell does, and takes one flag. */
const COMMAND = `#!/usr/local/bin/node ${NODE_FLAGS[0]}\nimport('/app/dist/apps/main.js');\n`;

/** What people and compilers read. Licences stay. */
const NOT_RUN = /\.(?:map|md|markdown|[cm]?ts|tsbuildinfo)$/;

process.exitCode = await main(process.argv.slice(2));

async function main([folder]: readonly string[]): Promise<number> {
  if (folder === undefined || (existsSync(folder) && readdirSync(folder).length > 0)) {
    console.error('usage: node scripts/run.js scripts/image.ts <a folder that is empty or new>');
    return 2;
  }
  const root = path.join(folder, 'root');
  const app = path.join(root, 'app');
  mkdirSync(app, { recursive: true });
  if (!(await ensureDashboard(process.execPath, console.error))) return 1;
  if (!isCompiled(path.join(app, 'dist'))) return 1;
  copyFileSync(path.join(ROOT, 'package.json'), path.join(app, 'package.json'));
  copyFileSync(path.join(ROOT, 'deploy/healthcheck.js'), path.join(app, 'healthcheck.js'));
  cpSync(path.join(ROOT, 'dashboard/dist'), path.join(app, 'dashboard/dist'), { recursive: true });
  copyPackages(app);
  copyNode(root);
  copyLibraries(root);
  writeSystem(root);
  mkdirSync(path.join(folder, 'owned/data'), { recursive: true });
  console.log(sizes(root));
  return 0;
}

/** True once the server is there as JavaScript; else the compiler has said why not. */
function isCompiled(outDir: string): boolean {
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const project = path.join(ROOT, 'tsconfig.build.json');
  const args = [compiler, '-p', project, '--outDir', path.resolve(outDir)];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
}

function copyPackages(app: string): void {
  const lockText = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  for (const name of packagesToRun(lockText, (where) => existsSync(path.join(ROOT, where)))) {
    const from = path.join(ROOT, name);
    cpSync(from, path.join(app, name), {
      recursive: true,
      filter: (file) => isRun(path.relative(from, file), name),
    });
  }
}

function isRun(file: string, packageName: string): boolean {
  // Packages within packages are in the list themselves.
  if (file.split(path.sep).includes('node_modules') || NOT_RUN.test(file)) return false;
  // Of Redoc, browsers are given one finished file.
  if (packageName !== 'node_modules/redoc') return true;
  return /^(?:|package\.json|LICENSE|bundles|bundles[\\/]redoc\.standalone\.js.*)$/.test(file);
}

function copyNode(root: string): void {
  const commands = path.join(root, 'usr/local/bin');
  mkdirSync(commands, { recursive: true });
  copyFileSync(process.execPath, path.join(commands, 'node'));
  chmodSync(path.join(commands, 'node'), 0o755);
  writeFileSync(path.join(commands, 'farthing'), COMMAND, { mode: 0o755 });
}

/** Under the very paths that the loader looks in. */
function copyLibraries(root: string): void {
  const binaries = [process.execPath, ...globSync(path.join(root, 'app/node_modules/**/*.node'))];
  for (const library of new Set(binaries.flatMap(librariesOf))) {
    const target = path.join(root, library);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(library, target);
    chmodSync(target, 0o755);
  }
}

/** Paths of what a binary loads; nothing of one that is for another system. */
function librariesOf(binary: string): string[] {
  const { stdout } = spawnSync('ldd', [binary], { encoding: 'utf8' });
  if (stdout.includes('musl')) return [];
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, file = '']) => file);
}

function writeSystem(root: string): void {
  for (const [name, text] of Object.entries(SYSTEM_FILES)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  mkdirSync(path.join(root, 'tmp'));
  chmodSync(path.join(root, 'tmp'), 0o1777);
}

function sizes(root: string): string {
  const folders = ['usr/local/bin', 'lib', 'app/dist', 'app/node_modules', 'app/dashboard', '.'];
  const { stdout } = spawnSync('du', ['-sk', ...folders], { cwd: root, encoding: 'utf8' });
  return stdout.replaceAll(/^(\d+)\t/gm, (_, kilobytes: string) =>
    `${(Number(kilobytes) / 1024).toFixed(1)} MiB`.padStart(10).concat('  '),
  );
}
