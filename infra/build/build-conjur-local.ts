import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile, ROOT } from './compile.ts';

const DIST = join(ROOT, 'infra/local/conjur/dist');

/**
 * Compiles the local Conjur to `infra/local/conjur/dist`, which is what the package `conjur-local` holds.
 *
 * @throws Error where the sources do not compile; the compiler has said why.
 */
export function buildConjurLocal(): void {
  // What an earlier build left would be published too.
  rmSync(DIST, { recursive: true, force: true });
  compile('infra/build/tsconfig.conjur-local.json');
  copyFileSync(join(ROOT, 'LICENSE'), join(DIST, 'LICENSE'));
  chmodSync(join(DIST, 'main.js'), 0o755);
}

if (import.meta.main) buildConjurLocal();
