/** Which packages the server needs to run, read from package-lock.json. */

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Browsers get one file of it, in which all it needs is contained: see image.ts. */
const WITHOUT_DEPENDENCIES = new Set(['node_modules/redoc']);

/**
 * Folders like `node_modules/pino`, sorted: our dependencies, what those need, and so on; of what is optional, what is
 * installed. Throws when one that is needed is not installed.
 */
export function packagesToRun(
  lockText: string,
  isInstalled: (folder: string) => boolean,
): readonly string[] {
  const { packages } = JSON.parse(lockText) as { packages: Readonly<Record<string, Entry>> };
  const found = new Set<string>();
  const add = (asker: string, name: string, isOptional: boolean) => {
    const folder = folderOf(packages, asker, name);
    if (folder !== null && isInstalled(folder)) {
      if (found.has(folder)) return;
      found.add(folder);
      if (!WITHOUT_DEPENDENCIES.has(folder)) addNeeds(folder);
    } else if (!isOptional) {
      throw new Error(`${name} is not installed, and ${asker} needs it; run: npm ci`);
    }
  };
  const addNeeds = (folder: string) => {
    const { dependencies = {}, optionalDependencies = {} } = packages[folder] ?? {};
    for (const name of Object.keys(dependencies)) add(folder, name, name in optionalDependencies);
    for (const name of Object.keys(optionalDependencies)) add(folder, name, true);
  };
  for (const name of Object.keys(packages['']?.dependencies ?? {})) add('', name, false);
  return [...found].sort();
}

/** Where Node would find it: beside the one that asks, then in each folder above. Null when the lockfile has none. */
function folderOf(
  packages: Readonly<Record<string, Entry>>,
  asker: string,
  name: string,
): string | null {
  const steps = asker === '' ? [] : asker.split('/');
  for (let taken = steps.length; taken >= 0; taken -= 1) {
    const folder = [...steps.slice(0, taken), 'node_modules', name].join('/');
    if (folder in packages) return folder;
  }
  return null;
}
