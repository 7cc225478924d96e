import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile, ROOT } from './compile.ts';

/**
 * Compiles `lib/` to `dist/lib`, the functions' typed client to `dist/functions`, and the doctor to `dist/infra`, which is what the published package holds.
 * @throws Error where the sources do not compile; the compiler has said why
 */
export function buildLib(): void {
  // What an earlier build left would be published too.
  for (const folder of ['dist/lib', 'dist/functions', 'dist/infra'])
    rmSync(join(ROOT, folder), { recursive: true, force: true });
  compile('infra/build/tsconfig.lib.json');
}
