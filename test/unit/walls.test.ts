import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNode } from '../support/run-node.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BIOME = join(root, 'node_modules/@biomejs/biome/bin/biome');

/** A file in one of the houses, what it imports, and what the linter says of that. */
const FORBIDDEN = [
  ['lib', '../../functions/runtime/access.ts', 'lib is a Conjur client'],
  ['lib', '../../infra/stack/metric.ts', 'lib is a Conjur client'],
  ['lib/http', '../../secrets/read-secret.ts', 'lib/http is neutral'],
  ['lib/http', '../../errors.ts', 'lib/http is neutral'],
  ['functions/contract', '../../runtime/http.ts', 'The contract is read by'],
  ['functions/client', '../../runtime/http.ts', 'The typed client knows'],
  ['functions/runtime', '../../read-secret/api.ts', 'The runtime serves'],
  ['functions/read-secret', '../../../infra/stack/metric.ts', 'Functions know lib alone'],
] as const;

/** Where circles are planted, sorted. */
const WITH_CIRCLES = ['infra/stack/planted', 'lib/planted'];

/** A copy of the houses, so that nothing is planted where other tests look. */
let copy: string;
let report: string;

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'conjur-walls-'));
  for (const path of ['lib', 'functions', 'infra/stack/metric.ts', 'biome.json'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  for (const [index, [house, target]] of FORBIDDEN.entries())
    plant(
      `${house}/planted/file-${index}.ts`,
      `import * as other from '${target}';\n\nexport const planted = other;\n`,
    );
  plant(
    'lib/planted/allowed.ts',
    "import { ConjurError } from '../errors.ts';\n\nexport const planted = ConjurError;\n",
  );
  for (const house of WITH_CIRCLES) {
    plant(`${house}/one.ts`, "import type { Two } from './two.ts';\n\nexport interface One {\n  two: Two;\n}\n");
    plant(`${house}/two.ts`, "import type { One } from './one.ts';\n\nexport interface Two {\n  one: One;\n}\n");
  }
  const flags = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--colors=off'];
  const { stdout, stderr } = await runNode([BIOME, ...flags, '.'], { cwd: copy });
  report = stdout + stderr;
}, 120_000);

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
}

/** What the report says of one file. */
function complaintsAbout(file: string): string {
  return report
    .split(/^(?=\S+:\d+:\d+ )/m)
    .filter((part) => part.startsWith(file))
    .join('');
}

it.each(FORBIDDEN.map((row, index) => [...row, index] as const))(
  'an import from %s to %s fails the linter',
  (house, _, message, index) => {
    expect(complaintsAbout(`${house}/planted/file-${index}.ts`)).toContain(message);
  },
);

it('an import that stays inside the walls passes', () => {
  expect(complaintsAbout('lib/planted/allowed.ts')).toBe('');
});

it('an import circle, of types too, fails the linter, and there is no other', () => {
  for (const house of WITH_CIRCLES) expect(complaintsAbout(`${house}/one.ts`)).toContain('noImportCycles');
  const circles = report.match(/^\S+(?=:\d+:\d+ lint\/suspicious\/noImportCycles)/gm) ?? [];
  expect([...new Set(circles)].sort()).toEqual(WITH_CIRCLES.flatMap((house) => [`${house}/one.ts`, `${house}/two.ts`]));
});
