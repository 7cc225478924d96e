import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseFunctionSettings } from '../../../functions/runtime/settings.ts';
import { withSettingsTables } from '../../../infra/docs/settings-tables.ts';
import { listAlarms } from '../../../infra/stack/alarms.ts';
import {
  CONJUR_NAMES,
  PROXY_SETTINGS,
  ROTATION_SETTINGS,
  SECRET_SETTINGS,
  SHARED_SETTINGS,
} from '../../../infra/stack/setting-names.ts';

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The variables that the parser asks for, found by watching it. */
function readVariables(): Set<string> {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(
    { CYBERARK_API_KEY: 'x' },
    {
      get: (target, name: string) => {
        asked.add(name);
        return target[name];
      },
    },
  );
  parseFunctionSettings(environment, { readFile: () => '' });
  return asked;
}

describe('docs/settings.md', () => {
  it('has the tables as npm run docs:settings writes them', () => {
    const page = textOf('docs/settings.md');
    expect(withSettingsTables(page)).toBe(page);
  });

  const documented = new Set(
    textOf('docs/settings.md').match(
      /\b(?:CYBERARK|CONJUR|LITELLM|ROTATION)_[A-Z_]+\b|\b(?:HTTPS|HTTP|NO)_PROXY\b|\bJWT_TOKEN_PATH\b/g,
    ),
  );

  it('explains every variable that the functions read', () => {
    const known = [...readVariables()].filter((name) => /^(?:CYBERARK|CONJUR|LITELLM|ROTATION)_/.test(name));
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('explains every variable that a deployment sets, and no other', () => {
    const deployed: string[] = [
      ...SHARED_SETTINGS,
      ...ROTATION_SETTINGS,
      ...PROXY_SETTINGS,
      ...SECRET_SETTINGS,
      ...CONJUR_NAMES,
    ];
    expect([...documented].sort()).toEqual([...deployed].sort());
  });
});

/** A stack that has all that can be watched. */
const EVERYTHING = {
  ...{ stack: 'any', maxAgeDays: 1, hasHttpApi: true, hasHeartbeat: true },
  rotated: ['', 'read-secret', 'write-secret'].map((suffix) => ({ suffix, secretName: 'any' })),
};

describe('docs/operations.md', () => {
  it('has a section for every alarm, and for no other', () => {
    const sections = [...textOf('docs/operations.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(sections.sort()).toEqual(
      listAlarms(EVERYTHING)
        .map(({ name }) => name)
        .sort(),
    );
  });
});

it('docs/cost.md counts the metrics that the alarms watch, each of which has a price', () => {
  const watched = listAlarms(EVERYTHING).flatMap(({ metrics }) => Object.keys(metrics)).length;
  expect(textOf('docs/cost.md')).toMatch(new RegExp(`metrics that alarms watch +\\| +${watched} · `));
});

describe('docs/deployment.md', () => {
  it('explains every parameter of serverless.yml, and no other', () => {
    const { params } = parse(textOf('serverless.yml'), { logLevel: 'silent' }) as { params: { default: object } };
    const table = /^## Parameters\n([\s\S]*?)^## /m.exec(textOf('docs/deployment.md'))?.[1] ?? '';
    const cells = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell ?? '');
    const explained = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(explained.sort()).toEqual(Object.keys(params.default).sort());
  });

  it('names every output of the stack', () => {
    const { Outputs } = parse(textOf('infra/stack/outputs.yml'), { logLevel: 'silent' }) as { Outputs: object };
    const section = /^## Outputs\n([\s\S]*)/m.exec(textOf('docs/deployment.md'))?.[1] ?? '';
    expect(Object.keys(Outputs).filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
  });

  it('explains every fault that the doctor tells apart', () => {
    const source = textOf('infra/doctor/check.ts');
    const codes = [...(/FaultCode =([^;]+);/.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(9);
    const table = /^## Before[\s\S]*?^## /m.exec(textOf('docs/deployment.md'))?.[0] ?? '';
    const explained = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
    expect(explained.sort()).toEqual(codes.sort());
  });
});
