import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles TypeScript to JavaScript modules with their type declarations. Comments stay, since an editor shows them to
 * whoever uses the package.
 *
 * @param project path of a tsconfig, from the root of the repository.
 * @throws Error where the sources do not compile; the compiler has said why.
 */
export function compile(project: string): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--project', project], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${project} does not compile.`);
}
