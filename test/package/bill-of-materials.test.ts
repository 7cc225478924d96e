import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly properties?: readonly { readonly name: string }[];
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

/** Names of what the lockfile has for production, without the Node that a machine may lack. */
function lockedForProduction(): string[] {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const packages = Object.entries(lock.packages).filter(
    ([path, { dev, optional, link }]) => path.startsWith('node_modules/') && !dev && !optional && !link,
  );
  return packages.map(([path]) => path.replace(/^.*node_modules\//, '')).sort();
}

it('the bill of materials tells what runs in production from what is for development', async () => {
  const { stdout } = await runCommand('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: root });
  const { components } = JSON.parse(stdout) as { components: Component[] };
  const isForDevelopment = ({ properties = [] }: Component): boolean =>
    properties.some(({ name }) => name === 'cdx:npm:package:development');
  const others = components.filter((component) => !isForDevelopment(component));
  const inProduction = others.map((component) => component['bom-ref'].replace(/@[^@]*$/, ''));
  expect(
    inProduction.filter((name) => !/^(?:conjur-local|conjur-functions-node|node-[a-z0-9-]+)$/.test(name)).sort(),
  ).toEqual(lockedForProduction());
}, 60_000);
