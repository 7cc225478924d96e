import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['functions', 'lib', 'infra', 'serverless.yml', 'package.json', 'tsconfig.json'];

export interface ProjectClone extends AsyncDisposable {
  readonly directory: string;
}

/**
 * A copy of the sources at another place, so that a test may build and package without disturbing the others.
 * @param more parts beside what is needed to build, package and run
 */
export async function cloneProject(more: readonly string[] = []): Promise<ProjectClone> {
  const directory = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  for (const part of [...PARTS, ...more]) await cp(join(root, part), join(directory, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'), 'dir');
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
