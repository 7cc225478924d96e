import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { type Bundle, loadBundle } from '../../support/load-bundle.ts';
import { settingsFor } from '../../support/settings.ts';
import { asNobody, asRole, asSubject, type Front, type PlainCall, roleArn } from './fronts.ts';

const NAMES = [
  'team-a/key',
  'team-a/deep/key',
  'team-a',
  'team-ab/key',
  'TEAM-A/key',
  'team-b/key',
  'shared',
  'vk/key',
];

const RULES = [
  { arn: roleArn('reader'), names: ['team-a/*'], read: true },
  { arn: roleArn('reader'), names: ['shared'], read: true, write: true },
  { arn: roleArn('writer'), names: ['team-a/*'], write: true },
  { arn: roleArn('rotator'), names: ['team-a/*'], rotate: true },
  { arn: roleArn('admin'), names: ['*'], read: true, write: true, rotate: true },
  { claim: { sub: 'team-b' }, names: ['team-b/*', 'vk/*'], read: true, write: true, rotate: true },
  { direct: true, names: ['team-b/key'], read: true, rotate: true },
];

type Right = 'read' | 'write' | 'rotate';

interface KnownCaller {
  readonly fronts: Readonly<Record<string, Front>>;
  /** What RULES say of the caller, written out: names that it may each right with. */
  readonly may: Readonly<Record<Right, readonly string[]>>;
  /** Whether a rule is about all names. */
  readonly mayAll?: true;
}

const TEAM_A = ['team-a/key', 'team-a/deep/key'];
const TEAM_B = ['team-b/key', 'vk/key'];
const CALLERS: Readonly<Record<string, KnownCaller>> = {
  reader: { fronts: asRole('reader'), may: { read: [...TEAM_A, 'shared'], write: ['shared'], rotate: [] } },
  writer: { fronts: asRole('writer'), may: { read: [], write: TEAM_A, rotate: [] } },
  rotator: { fronts: asRole('rotator'), may: { read: [], write: [], rotate: TEAM_A } },
  admin: { fronts: asRole('admin'), may: { read: NAMES, write: NAMES, rotate: NAMES }, mayAll: true },
  'a subject': { fronts: asSubject('team-b'), may: { read: TEAM_B, write: TEAM_B, rotate: TEAM_B } },
  'another subject': { fronts: asSubject('team-c'), may: { read: [], write: [], rotate: [] } },
  'another role': { fronts: asRole('readers'), may: { read: [], write: [], rotate: [] } },
  nobody: { fronts: asNobody, may: { read: [], write: [], rotate: [] } },
  'a direct caller': { fronts: {}, may: { read: ['team-b/key'], write: [], rotate: ['team-b/key'] } },
};

interface Call {
  readonly bundle: 'read-secret' | 'write-secret' | 'rotate-key';
  readonly http: (name: string) => PlainCall;
  readonly direct: (name: string) => unknown;
  /** What it needs, on which names. */
  readonly needs: (name: string) => readonly (readonly [Right, string])[];
  /** Whether it needs a rule for all names. */
  readonly needsAll?: true;
}

const secrets = (name: string): string => `/secrets/${name}`;
const rotation = (input: object): PlainCall => ({ method: 'POST', path: '/rotations', body: input });
const value = 'written';
const random = (name: string) => ({ name, strategy: 'random' });
const returned = (name: string) => ({ ...random(name), return_value: true });
const supplied = (name: string) => ({ name, strategy: 'supplied', new_value: value });
const renamed = (name: string) => ({ ...supplied('team-a/key'), new_name: name });
const virtualKey = (name: string) => ({ key: 'sk-virtual', key_alias: name.replace('vk/', ''), token_id: 'hash' });

const CALLS: Readonly<Record<string, Call>> = {
  read: {
    bundle: 'read-secret',
    http: (name) => ({ method: 'GET', path: secrets(name) }),
    direct: (name) => ({ name }),
    needs: (name) => [['read', name]],
  },
  write: {
    bundle: 'write-secret',
    http: (name) => ({ method: 'PUT', path: secrets(name), body: { value } }),
    direct: (name) => ({ name, value }),
    needs: (name) => [['write', name]],
  },
  delete: {
    bundle: 'write-secret',
    http: (name) => ({ method: 'DELETE', path: secrets(name) }),
    direct: (name) => ({ delete: name }),
    needs: (name) => [['write', name]],
  },
  'store a virtual key': {
    bundle: 'write-secret',
    http: (name) => ({ method: 'POST', path: '/virtual-keys', body: virtualKey(name) }),
    direct: (name) => ({ virtual_key: virtualKey(name) }),
    needs: (name) => [['write', `vk/${name.replace('vk/', '')}`]],
  },
  rotate: {
    bundle: 'rotate-key',
    http: (name) => rotation(random(name)),
    direct: random,
    needs: (name) => [['rotate', name]],
  },
  'rotate and return': {
    bundle: 'rotate-key',
    http: (name) => rotation(returned(name)),
    direct: returned,
    needs: (name) => [
      ['rotate', name],
      ['read', name],
    ],
  },
  'rotate to a value': {
    bundle: 'rotate-key',
    http: (name) => rotation(supplied(name)),
    direct: supplied,
    needs: (name) => [
      ['rotate', name],
      ['write', name],
    ],
  },
  rename: {
    bundle: 'rotate-key',
    http: (name) => rotation(renamed(name)),
    direct: renamed,
    needs: (name) => ['team-a/key', name].flatMap((each) => [['rotate', each] as const, ['write', each] as const]),
  },
  'rotate the credential': {
    bundle: 'rotate-key',
    http: () => rotation({ strategy: 'conjur-api-key', secret_id: 'credential' }),
    direct: () => ({ strategy: 'conjur-api-key', secret_id: 'credential' }),
    needs: () => [],
    needsAll: true,
  },
};

/** Of a virtual key every name is made below the prefix: `vk/team-a/key` is nobody's but the admin's and the subject's. */
const mayOn = ({ may, mayAll }: KnownCaller, right: Right, name: string): boolean =>
  mayAll === true || may[right].includes(name) || (name.startsWith('vk/') && may[right].includes('vk/key'));

let conjur: LocalConjur;
let admin: ConjurClient;
const bundles = new Map<string, Bundle>();

beforeAll(async () => {
  conjur = await createLocalConjur({ policyLoadMs: 0 });
  admin = createConjurClient(settingsFor(conjur));
  await restore(NAMES);
  for (const name of ['read-secret', 'write-secret', 'rotate-key'] as const)
    bundles.set(
      name,
      await loadBundle(name, {
        CYBERARK_API_BASE: conjur.url,
        CYBERARK_API_KEY: conjur.adminApiKey,
        CYBERARK_CALLERS: JSON.stringify(RULES),
        CYBERARK_ALLOW_DELETE: 'true',
        CYBERARK_STORE_VIRTUAL_KEYS: 'true',
        CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'vk/',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_MAX_ATTEMPTS: '1',
      }),
    );
}, 60_000);

afterAll(async () => {
  await admin.close();
  await conjur.close();
});

const initialValue = (name: string): string => `value of ${name}`;

async function restore(names: readonly string[]): Promise<void> {
  for (const name of names) await admin.writeSecret(name, initialValue(name));
}

/** The answer as text, an error by its code. */
async function ask(bundle: Call['bundle'], event: unknown): Promise<string> {
  const { handler } = bundles.get(bundle) as Bundle;
  try {
    const answer = await handler(event);
    return typeof answer === 'object' && answer !== null && 'body' in answer
      ? String(answer.body)
      : JSON.stringify(answer);
  } catch (error) {
    return JSON.stringify({ code: toCode((error as Error).name), message: (error as Error).message });
  }
}

/** `AccessModeDenied` is `access_mode_denied`. */
function toCode(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase();
}

const isForbidden = (answer: string): boolean =>
  answer.includes('"code":"forbidden"') && answer.includes('CYBERARK_CALLERS');

/** Every front of a caller; a direct one has none. */
function eventsOf({ fronts }: KnownCaller, { http, direct }: Call, name: string): Record<string, unknown> {
  const entries = Object.entries(fronts);
  if (entries.length === 0) return { directly: direct(name) };
  return Object.fromEntries(entries.map(([front, toEvent]) => [front, toEvent(http(name))]));
}

describe.each(Object.entries(CALLERS))('%s', (_, caller) => {
  it.each(Object.entries(CALLS))(
    '%s: allowed exactly where a rule says so',
    async (_call, call) => {
      const wrong: string[] = [];
      for (const name of NAMES) {
        const allowed = call.needsAll
          ? caller.mayAll === true
          : call.needs(name).every(([right, each]) => mayOn(caller, right, each));
        for (const [front, event] of Object.entries(eventsOf(caller, call, name))) {
          const answer = await ask(call.bundle, event);
          if (isForbidden(answer) === allowed) wrong.push(`${name} by ${front}: ${answer}`);
        }
        if (allowed && call.bundle !== 'read-secret') await restore([name, 'team-a/key']);
        else if (!allowed) expect((await admin.readSecret(name)).value.expose()).toBe(initialValue(name));
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('gets of a batch what it may read, and a refusal for each other name', async () => {
    const call: Call = {
      bundle: 'read-secret',
      http: () => ({
        method: 'GET',
        path: '/secrets',
        query: NAMES.map((name) => `name=${encodeURIComponent(name)}`).join('&'),
      }),
      direct: () => ({ names: NAMES }),
      needs: () => [],
    };
    const readable = NAMES.filter((name) => mayOn(caller, 'read', name));
    for (const event of Object.values(eventsOf(caller, call, ''))) {
      const { secrets: found, errors } = JSON.parse(await ask('read-secret', event)) as Batch;
      expect(found.map((secret) => secret.name).sort()).toEqual([...readable].sort());
      expect(errors.map(({ name, code }) => `${name} ${code}`).sort()).toEqual(
        NAMES.filter((name) => !readable.includes(name))
          .map((name) => `${name} forbidden`)
          .sort(),
      );
    }
  });

  it('writes of a batch what it may write, and nothing else', async () => {
    const batch = { secrets: NAMES.map((name) => ({ name, value })) };
    const call: Call = {
      bundle: 'write-secret',
      http: () => ({ method: 'POST', path: '/secrets', body: batch }),
      direct: () => batch,
      needs: () => [],
    };
    const writable = NAMES.filter((name) => mayOn(caller, 'write', name));
    for (const event of Object.values(eventsOf(caller, call, ''))) {
      const { secrets: written } = JSON.parse(await ask('write-secret', event)) as Batch;
      expect(written.map(({ name }) => name).sort()).toEqual([...writable].sort());
      for (const name of NAMES)
        expect((await admin.readSecret(name)).value.expose()).toBe(
          writable.includes(name) ? value : initialValue(name),
        );
      await restore(writable);
    }
  });

  it('sees in a list what it may read, and nothing else', async () => {
    const call: Call = {
      bundle: 'read-secret',
      http: () => ({ method: 'GET', path: '/secrets' }),
      direct: () => ({ list: {} }),
      needs: () => [],
    };
    for (const event of Object.values(eventsOf(caller, call, ''))) {
      const { secrets: listed } = JSON.parse(await ask('read-secret', event)) as Batch;
      const known = listed.map(({ name }) => name).filter((name) => NAMES.includes(name));
      expect(known.sort()).toEqual(NAMES.filter((name) => mayOn(caller, 'read', name)).sort());
      // What earlier calls made below the prefix of virtual keys belongs to whoever may read all of it.
      expect(listed.filter(({ name }) => !NAMES.includes(name)).every(({ name }) => mayOn(caller, 'read', name))).toBe(
        true,
      );
    }
  });
});

interface Batch {
  readonly secrets: readonly { readonly name: string }[];
  readonly errors: readonly { readonly name: string; readonly code: string }[];
}

describe('no way of writing a name', () => {
  // The reader may read team-a/*, and nothing here may bring it the value of team-b/key.
  const SPELLINGS = [
    'team-b/key',
    'team-b%2Fkey',
    'team-b%252Fkey',
    '%74eam-b/key',
    'team-a/../team-b/key',
    'team-a/%2e%2e/team-b/key',
    'team-a%2F..%2Fteam-b%2Fkey',
    'team-a/..%2Fteam-b/key',
    'team-a//../../team-b/key',
    'team-a/./../team-b/key',
    '/team-b/key',
    '//team-b/key',
    './team-b/key',
    'team-a/\u0000/../team-b/key',
    'team-a/%00team-b/key',
    'team-a/key,team-b/key',
    'team-a/key team-b/key',
    'team-a/key\nteam-b/key',
    'team-a/key&name=team-b/key',
    'team-a/key?name=team-b/key',
    'team-a/key#team-b/key',
    'default:variable:team-b/key',
    'team-a/*:team-b/key',
    'team-a/%c0%ae%c0%ae/team-b/key',
    'team-a/\u2025/team-b/key',
    'team\u2010b/key',
    'team-b/ke\u0079',
    'team-a/\ud800/key',
    '*',
    'team-a/*',
    '__proto__',
    'constructor',
  ];
  const readers = asRole('reader');

  it.each(SPELLINGS)('reads or writes what its caller may not: %j', async (spelling) => {
    const calls: PlainCall[] = [
      { method: 'GET', path: secrets(spelling) },
      { method: 'GET', path: '/secrets', query: `name=${spelling.toWellFormed()}` },
      { method: 'GET', path: '/secrets', query: `name=${encodeURIComponent(spelling.toWellFormed())}` },
      { method: 'GET', path: '/secrets', query: `name=team-a/key&name=${encodeURIComponent(spelling.toWellFormed())}` },
      { method: 'PUT', path: secrets(spelling), body: { value } },
      { method: 'POST', path: '/secrets', body: { secrets: [{ name: spelling, value }] } },
      { method: 'DELETE', path: secrets(spelling) },
      rotation(random(spelling)),
      rotation({ ...supplied('shared'), new_name: spelling }),
    ];
    for (const call of calls)
      for (const front of Object.values(readers)) {
        for (const bundle of bundles.keys()) {
          const event = toEvent(front, call);
          if (event === undefined) continue;
          expect(await ask(bundle as Call['bundle'], event)).not.toContain(initialValue('team-b/key'));
        }
      }
    expect((await admin.readSecret('team-b/key')).value.expose()).toBe(initialValue('team-b/key'));
  });

  /** A front that cannot send half a surrogate pair sends nothing. */
  function toEvent(front: Front, call: PlainCall): unknown {
    try {
      return front(call);
    } catch (error) {
      if (error instanceof URIError) return undefined;
      throw error;
    }
  }

  it('brings a direct caller more than its rule names', async () => {
    for (const spelling of SPELLINGS.filter((each) => each !== 'team-b/key' && each !== 'team-b/ke\u0079'))
      for (const event of [{ name: spelling }, { names: [spelling] }])
        expect(await ask('read-secret', event)).not.toContain('value of ');
  });
});
