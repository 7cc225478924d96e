import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** What npm says where the registry cannot be reached. */
const OFFLINE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

export const INSTALL = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** An empty project with a package of this repository installed in it, as it would be published. */
export interface PackedProject {
  readonly directory: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** The registry could not be reached, so that nothing is installed. */
  readonly offline: boolean;
}

/**
 * @param source folder of the package
 * @throws Error where it cannot be packed, or not be installed with the registry at hand
 */
export async function installPacked(source: string): Promise<PackedProject> {
  const directory = mkdtempSync(join(tmpdir(), 'conjur-package-'));
  const packed = await runCommand('npm', ['pack', '--json', '--pack-destination', directory], { cwd: source });
  const start = packed.stdout.search(/^[[{]/m);
  if (start < 0) throw new Error(`npm pack gave no report: ${packed.stderr}`);
  const report: unknown = JSON.parse(packed.stdout.slice(start));
  const [tarball] = Object.values(report as Record<string, { filename: string; files: { path: string }[] }>);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const installed = await runCommand('npm', [...INSTALL, `./${tarball?.filename}`], { cwd: directory });
  const offline = installed.status !== 0 && OFFLINE.test(installed.stderr);
  if (installed.status !== 0 && !offline) throw new Error(`npm install failed: ${installed.stderr}`);
  return { directory, files: tarball?.files.map(({ path }) => path) ?? [], offline };
}
