import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listPages } from '../../support/list-pages.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
const { scripts, version } = JSON.parse(read('package.json')) as { scripts: Record<string, string>; version: string };

interface Workflow {
  readonly on: unknown;
  readonly jobs: Readonly<Record<string, { steps: readonly { run?: string }[] }>>;
}

describe('the hosted checks', () => {
  const workflows = ['ci', 'release'].map((name) => parse(read(`.github/workflows/${name}.yml`)) as Workflow);
  const commands = workflows.flatMap(({ jobs }) =>
    Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run)),
  );

  it('are those of .ci/run, which may be executed', () => {
    for (const { jobs } of workflows) expect(jobs.checks?.steps.map(({ run }) => run)).toContain('.ci/run');
    expect(statSync(`${ROOT}/.ci/run`).mode & 0o111).not.toBe(0);
  });

  it('run scripts that exist', () => {
    const names = commands.flatMap((command) => [...command.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name));
    expect(names).toContain('audit');
    for (const name of names) expect(Object.keys(scripts)).toContain(name);
  });
});

it('the Node of .nvmrc is the one that npm ci brings', () => {
  const { optionalDependencies } = JSON.parse(read('infra/node/package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  for (const node of Object.values(optionalDependencies)) expect(node.split('.')[0]).toBe(read('.nvmrc').trim());
});

it('the changelog has what is unreleased first, then the present version', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings[0]).toBe('Unreleased');
  expect(headings[1]).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')} - \\d{4}-\\d\\d-\\d\\d$`));
});

it('every decision is listed, and says what was decided and what follows', () => {
  const index = read('docs/decisions/README.md');
  const records = readdirSync(`${ROOT}/docs/decisions`).filter((name) => name !== 'README.md');
  expect(records.length).toBeGreaterThanOrEqual(5);
  for (const name of records) {
    expect(index).toContain(`(${name})`);
    expect([...read(`docs/decisions/${name}`).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ]);
  }
});

describe('the pages', () => {
  const pages = listPages();

  it.each(pages)('%s: every link leads somewhere', (page) => {
    const broken = [
      ...read(page)
        .replaceAll(/^```[\s\S]*?^```$/gm, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ]
      .map(([, target = '']) => target)
      .filter((target) => !/^(?:https?|mailto):/.test(target) && !leadsSomewhere(page, target));
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const url = path === '' ? new URL(page, `file://${ROOT}/`) : new URL(path, new URL(page, `file://${ROOT}/`));
  const stats = statSync(url, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  return anchor === undefined || (stats.isFile() && toAnchors(readFileSync(url, 'utf8')).has(anchor));
}

/** Of the headings, as hosts of repositories make them. */
function toAnchors(markdown: string): Set<string> {
  const headings = [...markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(
    ([, text = '']) => text,
  );
  return new Set(
    headings.map((text) =>
      text
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
