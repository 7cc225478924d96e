import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile, ROOT } from './compile.ts';

/**
 * Compiles `lib/` to `dist/lib` and the functions' typed client to `dist/functions`, which is what the published package holds.
 * @throws Error where the sources do not compile; the compiler has said why
 */
export function buildLib(): void {
  // What an earlier build left would be published too.
  for (const folder of ['dist/lib', 'dist/functions']) rmSync(join(ROOT, folder), { recursive: true, force: true });
  compile('infra/build/tsconfig.lib.json');
}
