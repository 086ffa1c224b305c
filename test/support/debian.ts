/** Programs of the system that tests use. Where one is missing and we may, it is installed, as a package of Debian. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** apt-get has the network to wait for. */
export const INSTALL_MS_MAX = 300_000;

/** The first of `places` that exists, after installing `debianPackage` when none does. Throws with what to do. */
export function programOf(debianPackage: string, places: readonly string[]): string {
  const find = () => places.find((place) => existsSync(place));
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const options = { stdio: 'pipe', timeout: INSTALL_MS_MAX } as const;
    execFileSync('apt-get', ['update', '-qq'], options);
    // Nothing it installs is to run as a service, and it is asked nothing.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const args = ['install', '-y', '-qq', '--no-install-recommends', debianPackage];
    execFileSync('apt-get', args, { ...options, env });
    const installed = find();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    `this test needs one of ${places.join(', ')}; install it: apt-get install ${debianPackage}`,
  );
}
