import { describe, expect, it } from 'vitest';
import { createFunctionError } from '../../../../functions/contract/error-codes.ts';
import {
  type AccessRules,
  assertAccess,
  assertMayRotate,
  assertNotReserved,
  assertRotation,
  findRefusals,
  isLimited,
  withCaller,
} from '../../../../functions/runtime/access.ts';
import { parseCallers } from '../../../../functions/runtime/callers.ts';
import { settingsOf } from './settings-of.ts';

describe('access_mode', () => {
  it.each([
    ['read_only', 'write'],
    ['write_only', 'read'],
  ] as const)('%s refuses to %s, whatever the name', (mode, access) => {
    const settings = settingsOf({ CYBERARK_ACCESS_MODE: mode });
    expect(() => assertAccess(settings, access)).toThrow(expect.objectContaining({ code: 'access_mode_denied' }));
    expect(() => assertAccess(settings, access, 'a')).toThrow(expect.objectContaining({ status: 403 }));
  });

  it.each([
    ['read_only', 'read'],
    ['write_only', 'write'],
    ['read_and_write', 'read'],
    ['read_and_write', 'write'],
  ] as const)('%s lets one %s', (mode, access) => {
    expect(() => assertAccess(settingsOf({ CYBERARK_ACCESS_MODE: mode }), access, 'a')).not.toThrow();
  });

  it('lets one read and write where it is not set', () => {
    expect(() => assertAccess(settingsOf(), 'read', 'a')).not.toThrow();
    expect(() => assertAccess(settingsOf(), 'write', 'a')).not.toThrow();
  });
});

describe('hosted_keys', () => {
  const settings = settingsOf({ CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY, app/db' });

  it.each(['read', 'write'] as const)('refuses to %s a name that is not listed', (access) => {
    expect(() => assertAccess(settings, access, 'app/db')).not.toThrow();
    expect(() => assertAccess(settings, access, 'app/db2')).toThrow(expect.objectContaining({ code: 'not_hosted' }));
    expect(() => assertAccess(settings, access, 'litellm/key-1')).toThrow(expect.objectContaining({ status: 403 }));
  });

  it('never refuses the virtual keys that it cannot list, where those are stored', () => {
    const storing = settingsOf({ CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY', CYBERARK_STORE_VIRTUAL_KEYS: 'true' });
    expect(() => assertAccess(storing, 'write', 'litellm/key-1')).not.toThrow();
    expect(() => assertAccess(storing, 'write', 'litellm-other/key-1')).toThrow(
      expect.objectContaining({ code: 'not_hosted' }),
    );
  });
});

/** Rules that refuse a caller these names; undefined is a call about none. */
function refusing(...refused: (string | undefined)[]) {
  const asked: unknown[] = [];
  const refuseCaller: AccessRules['refuseCaller'] = (rights, name) => {
    asked.push([rights, name]);
    return refused.includes(name) ? createFunctionError('forbidden', `Not ${name}.`) : undefined;
  };
  return { rules: { ...settingsOf(), refuseCaller }, asked };
}

describe('a caller who is told apart', () => {
  it('needs the right for the name, before it is asked whether that is hosted', () => {
    const { rules, asked } = refusing('a');
    const hosted = { ...rules, hostedKeys: new Set(['b']) };
    expect(() => assertAccess(hosted, 'write', 'a')).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(() => assertAccess(hosted, 'write', 'c')).toThrow(expect.objectContaining({ code: 'not_hosted' }));
    assertAccess(hosted, 'read', 'b');
    expect(asked).toEqual([
      [['write'], 'a'],
      [['write'], 'c'],
      [['read'], 'b'],
    ]);
  });

  it('is limited, as one of a function with hosted keys is', () => {
    expect(isLimited(refusing().rules)).toBe(true);
    expect(isLimited(settingsOf({ CYBERARK_HOSTED_KEYS: 'a' }))).toBe(true);
    expect(isLimited(settingsOf())).toBe(false);
  });

  it('is the one of the event, where there are rules', () => {
    const callers = parseCallers(JSON.stringify([{ direct: true, names: ['a'], read: true }]));
    const deps = { settings: { callers, keyManagement: settingsOf() } };
    assertAccess(withCaller(deps, { name: 'a' }).settings.keyManagement, 'read', 'a');
    const { keyManagement } = withCaller(deps, { requestContext: { http: {} } }).settings;
    expect(() => assertAccess(keyManagement, 'read', 'a')).toThrow(expect.objectContaining({ code: 'forbidden' }));
    const without = { settings: { callers: undefined, keyManagement: settingsOf() } };
    expect(withCaller(without, {})).toBe(without);
  });
});

it('of many names each that is refused is told once', () => {
  const refusals = findRefusals(refusing('a', 'c').rules, 'read', ['a', 'b', 'a', 'c']);
  expect(refusals.map(({ name, error }) => [name, error.code])).toEqual([
    ['a', 'forbidden'],
    ['c', 'forbidden'],
  ]);
});

it('a name that ends like a staged one is reserved, and one that begins so is not', () => {
  for (const name of ['a', '.pending/a', 'a.pending/b']) assertNotReserved(name);
  expect(() => assertNotReserved('a.pending')).toThrow(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('where "a" holds') }),
  );
});

describe('a rotation', () => {
  const needs = { affectedVariables: ['a', 'b'], stagingVariables: ['a.pending'], rights: ['rotate'] } as const;

  it('needs the rights for every name that it touches', () => {
    const { rules, asked } = refusing();
    assertRotation(rules, needs);
    expect(asked).toEqual(['a', 'b', 'a.pending'].map((name) => [['rotate'], name]));
    for (const name of ['a', 'b', 'a.pending'])
      expect(() => assertRotation(refusing(name).rules, needs)).toThrow(`Not ${name}.`);
  });

  it('of no variable needs them for every secret', () => {
    const { rules, asked } = refusing();
    assertRotation(rules, { affectedVariables: [], stagingVariables: [], rights: ['rotate'] });
    expect(asked).toEqual([[['rotate'], undefined]]);
  });

  it('needs its names to be hosted, and not those in which it stages', () => {
    assertRotation(settingsOf({ CYBERARK_HOSTED_KEYS: 'a,b' }), needs);
    for (const hosted of ['a', 'b', ''])
      expect(() => assertRotation(settingsOf({ CYBERARK_HOSTED_KEYS: hosted }), needs)).toThrow(
        expect.objectContaining({ code: 'not_hosted' }),
      );
  });

  it.each(['read_only', 'write_only'])('is none where the access mode is %s', (mode) => {
    const settings = settingsOf({ CYBERARK_ACCESS_MODE: mode });
    for (const assert of [() => assertMayRotate(settings), () => assertRotation(settings, needs)])
      expect(assert).toThrow(expect.objectContaining({ code: 'access_mode_denied' }));
    assertMayRotate(settingsOf());
  });
});

it('says what may not be done, and which mode stands against it', () => {
  expect(() => assertAccess(settingsOf({ CYBERARK_ACCESS_MODE: 'read_only' }), 'write')).toThrow(
    'may not write secrets: its access_mode is read_only',
  );
});
