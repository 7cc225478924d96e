import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  createFunctionError,
  fromErrorName,
  isFunctionError,
  isFunctionErrorCode,
} from '../../../../functions/contract/error-codes.ts';
import { encoding, secretId, variableName, versionNumber } from '../../../../functions/contract/fields.ts';
import {
  healthAnswer,
  healthSchema,
  listSchema,
  readManySchema,
  secretAnswer,
  secretsAnswer,
} from '../../../../functions/contract/read-secret.ts';
import {
  conjurApiKeyCall,
  isLitellmDuration,
  isNoTime,
  randomCall,
  rotatedAnswer,
} from '../../../../functions/contract/rotate-key.ts';
import {
  storeVirtualKeySchema,
  virtualKeySchema,
  writeManySchema,
  writeOneSchema,
} from '../../../../functions/contract/write-secret.ts';

const takes = (schema: v.GenericSchema, input: unknown): boolean => v.safeParse(schema, input).success;
const text = (length: number): string => 'a'.repeat(length);

describe('what a call may be', () => {
  const name = { name: 'a' };
  const random = { strategy: 'random', ...name };
  const one = { ...name, value: 'v' };
  const key = { key: 'k', token_id: 't' };

  it.each<[string, v.GenericSchema, (size: number) => unknown, number, number]>([
    ['a version', versionNumber, (size) => size, 1, 2_147_483_647],
    ['the id of a secret', secretId, text, 1, 2_048],
    [
      'the id of a credential',
      conjurApiKeyCall,
      (size) => ({ strategy: 'conjur-api-key', name: text(size) }),
      1,
      2_048,
    ],
    ['many names', readManySchema, (size) => ({ names: Array(size).fill('a') }), 1, 1_000],
    ['a search', listSchema, (size) => ({ list: { search: text(size) } }), 0, 1_000],
    ['a limit', listSchema, (size) => ({ list: { limit: size } }), 1, 1_000],
    ['a length', randomCall, (size) => ({ ...random, length: size }), 16, 4_096],
    ['a prefix', randomCall, (size) => ({ ...random, prefix: text(size) }), 0, 256],
    ['many secrets', writeManySchema, (size) => ({ secrets: Array(size).fill(one) }), 1, 500],
    [
      'annotations',
      writeOneSchema,
      (size) => ({ ...one, annotations: Object.fromEntries(Array.from({ length: size }, (_, at) => [`a${at}`, 'x'])) }),
      0,
      50,
    ],
  ])('%s has its bounds', (_, schema, toInput, least, most) => {
    for (const size of [least, most]) expect(takes(schema, toInput(size)), `size ${size}`).toBe(true);
    expect(takes(schema, toInput(most + 1)), `size ${most + 1}`).toBe(false);
    if (least > 0) expect(takes(schema, toInput(least - 1)), `size ${least - 1}`).toBe(false);
  });

  it('an annotation has a name, and a virtual key a key and a token id', () => {
    expect(takes(writeOneSchema, { ...one, annotations: { '': 'x' } })).toBe(false);
    expect(takes(virtualKeySchema, key)).toBe(true);
    for (const odd of [{ key: '' }, { token_id: '' }]) {
      expect(takes(virtualKeySchema, { ...key, ...odd })).toBe(false);
      expect(takes(storeVirtualKeySchema, { virtual_key: { ...key, ...odd } })).toBe(false);
    }
  });

  it.each([
    ['0123456789', true],
    ['012345678', false],
    ['01234567890', false],
    ['0123456789é', true],
  ])('an alphabet is ten or more distinct characters: %s is one: %s', (alphabet, expected) => {
    expect(takes(randomCall, { ...random, alphabet })).toBe(expected);
  });

  it.each([
    ['24h', true],
    ['0s', true],
    ['999999mo', true],
    ['1000000s', false],
    ['01h', false],
    ['1.5h', false],
    ['x24h', false],
    ['24hx', false],
  ])('a duration is as LiteLLM reads it: %s is one: %s', (duration, expected) => {
    expect(isLitellmDuration(duration)).toBe(expected);
  });

  it.each([
    ['0s', true],
    ['0mo', true],
    ['10s', false],
    ['100d', false],
  ])('%s is no time: %s', (duration, expected) => {
    expect(isNoTime(duration)).toBe(expected);
  });

  it('an encoding is one of two, the health is asked for by true, and a name by its rules', () => {
    expect(['utf-8', 'base64', 'latin1'].map((one) => takes(encoding, one))).toEqual([true, true, false]);
    expect([true, false].map((health) => takes(healthSchema, { health }))).toEqual([true, false]);
    const { issues } = v.safeParse(variableName, 'a//b');
    expect(issues).toMatchObject([{ expected: 'the id of a Conjur variable, such as app/db/password' }]);
    expect(issues?.[0]?.message).toContain('segment between its slashes');
    expect(v.safeParse(variableName, 7).issues).toHaveLength(1);
    expect(takes(variableName, 'a/b')).toBe(true);
  });
});

describe('what an answer may be', () => {
  const secret = { name: 'a', value: 'v', encoding: 'utf-8' };
  const rotated = { name: 'a', strategy: 's', version: 1, rotated_at: '2026-03-01T12:00:00.000Z' };

  it('says stale only where it is, and ok only where it is', () => {
    for (const [stale, expected] of [
      [true, true],
      [false, false],
      [undefined, true],
    ] as const) {
      expect(takes(secretAnswer, { ...secret, stale })).toBe(expected);
      expect(takes(secretsAnswer, { secrets: [{ ...secret, stale }], errors: [] })).toBe(expected);
    }
    const health = { account: 'a', login: 'l', token_age_seconds: 1 };
    expect([true, false].map((ok) => takes(healthAnswer, { ...health, ok }))).toEqual([true, false]);
  });

  it('of a rotation has a version of either kind, or none, and LiteLLM only refuses', () => {
    expect([1, 'id', null, true].map((version) => takes(rotatedAnswer, { ...rotated, version }))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const accepted = [false, true].map((one) => takes(rotatedAnswer, { ...rotated, accepted_by_litellm: one }));
    expect(accepted).toEqual([true, false]);
  });
});

describe('the error of a function', () => {
  it.each([
    ['access_mode_denied', 403, 'AccessModeDenied'],
    ['not_hosted', 403, 'NotHosted'],
    ['delete_not_supported', 405, 'DeleteNotSupported'],
    ['secret_not_found', 404, 'SecretNotFound'],
  ] as const)('%s has the status %i, and is known by the name %s', (code, status, name) => {
    const error = createFunctionError(code, 'x');
    expect(error).toMatchObject({ code, status, name });
    expect(isFunctionError(error)).toBe(true);
    expect(fromErrorName(name)).toBe(code);
  });

  it('is no other error, and no other code', () => {
    for (const odd of [{ code: 'forbidden' }, new Error('x'), Object.assign(new Error('x'), { code: 'forbidden' })])
      expect(isFunctionError(odd)).toBe(false);
    for (const odd of ['toString', 'of-tomorrow', 7, ['forbidden']]) expect(isFunctionErrorCode(odd)).toBe(false);
    expect(fromErrorName('Error')).toBeUndefined();
  });
});
