import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'peerDependencies',
  Record<string, string>
> & { peerDependenciesMeta: Record<string, { optional?: boolean }> };
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const installed = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
/** In the tree of whoever installs the library. Node itself, which only a machine without it gets, is optional. */
const production = installed.filter(([, { dev, optional }]) => dev !== true && optional !== true);

const ALLOWED = ['Apache-2.0', 'MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0'];
const FUNCTIONS = ['read-secret', 'write-secret', 'rotate-key'];

/** Packages that a bundle holds code of, with version and licence, as its notices say. */
function bundledInto(name: string): { name: string; version: string; license: string }[] {
  const lines = read(`dist/${name}/THIRD-PARTY-NOTICES.txt`).matchAll(
    /^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \((.+)\)$/gm,
  );
  return [...lines].map(([, packageName = '', version = '', license = '']) => ({
    name: packageName,
    version,
    license,
  }));
}

/** The names in the first column of a table of docs/dependencies.md. */
function documented(heading: string): string[] {
  const section =
    read('docs/dependencies.md')
      .split(/^## /m)
      .find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name).sort();
}

/** Packages that sources import, by name. */
function importedBy(...folders: string[]): string[] {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  const specifiers = files.flatMap((file) =>
    [...read(file).matchAll(/(?:from |import\()'([^'.][^']*)'/g)].map(([, name = '']) => name),
  );
  const packages = specifiers
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(packages)].sort();
}

describe('the lockfile', () => {
  it('has an integrity hash for every package', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(
      installed.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path),
    ).toEqual([]);
  });

  it('names no registry', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(read('package-lock.json')).not.toMatch(/"https?:\/\/[^"]*(?:registry|\.tgz)/);
  });

  it('runs no install script of what the library needs', () => {
    expect(production.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual(
      [],
    );
  });
});

describe('package.json', () => {
  it('pins every version of a devDependency exactly', () => {
    const versions = Object.entries(manifest.devDependencies);
    expect(versions.filter(([, version]) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
  });

  // A program that has undici or yaml already shares its copy with the published package; the lockfile pins what is tested here.
  it('takes a range of its dependencies, that begins with the version in the lockfile', () => {
    const versions = Object.entries(manifest.dependencies);
    expect(versions).toEqual(versions.map(([name]) => [name, `^${lock.packages[`node_modules/${name}`]?.version}`]));
  });

  it('has just the dependencies that are documented, and the library imports just those', () => {
    expect(documented('What the library needs')).toEqual(Object.keys(manifest.dependencies).sort());
    const all = { ...manifest.dependencies, ...manifest.peerDependencies };
    expect(importedBy('lib', 'functions/client')).toEqual(Object.keys(all).sort());
  });

  it('forces no peer dependency on anybody', () => {
    expect(documented('What the library can work with')).toEqual(Object.keys(manifest.peerDependencies).sort());
    for (const name of Object.keys(manifest.peerDependencies))
      expect(manifest.peerDependenciesMeta[name]?.optional).toBe(true);
  });

  it('has as devDependencies what is bundled on top, and that is documented too', () => {
    const onTop = importedBy('functions').filter(
      (name) => !(name in manifest.dependencies) && !(name in manifest.peerDependencies) && name !== 'aws-lambda',
    );
    expect(documented('What only the functions need')).toEqual(onTop);
    for (const name of onTop) expect(manifest.devDependencies).toHaveProperty([name]);
  });
});

describe('licences', () => {
  it('of what the library needs are allowed', () => {
    const unlicensed = production.filter(([path]) => {
      // The package itself says it; the lockfile is only a copy.
      const file = `${root}${path}/package.json`;
      const license = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LockedPackage).license : undefined;
      return !ALLOWED.includes(license ?? 'none');
    });
    expect(unlicensed.map(([path]) => path)).toEqual([]);
  });

  it.each(FUNCTIONS)('of what is bundled into %s are allowed, and its versions are those of the lockfile', (name) => {
    const packages = bundledInto(name);
    expect(packages.map((bundled) => bundled.name)).toEqual(
      expect.arrayContaining(['undici', 'valibot', '@middy/core']),
    );
    expect(packages.filter(({ license }) => !ALLOWED.includes(license))).toEqual([]);
    for (const bundled of packages) {
      const locked = installed
        .filter(([path]) => path.endsWith(`node_modules/${bundled.name}`))
        .map(([, { version }]) => version);
      expect(locked, bundled.name).toContain(bundled.version);
    }
  });
});
