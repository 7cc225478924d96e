import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles `lib/` to `dist/lib` and the functions' typed client to `dist/functions`: JavaScript modules with their type declarations, which is what the published package holds. Comments
 * stay, since an editor shows them to whoever uses the package.
 * @throws Error where the sources do not compile; the compiler has said why
 */
export function buildLib(): void {
  // What an earlier build left would be published too.
  for (const folder of ['dist/lib', 'dist/functions']) rmSync(join(root, folder), { recursive: true, force: true });
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--project', 'infra/build/tsconfig.lib.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The published package does not compile.');
}
