import { describe, expect, it } from 'vitest';
import { createFunctionError, type FunctionErrorCode } from '../../../../functions/contract/error-codes.ts';
import { toBody, toDirect, toReply, writeSecretFunction } from '../../../../functions/write-secret/api.ts';
import { deleteSecret, type WriteAnswer, write } from '../../../../functions/write-secret/write.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../../lib/fake-clock.ts';
import { settingsOf } from '../runtime/settings-of.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const DELETE = { kind: 'delete', name: 'a' } as const;
const written = { name: 'a', created: true, changed: true, version: 1 };
const value = (name: string) => ({ name, value: Secret.of('v'), mimeType: undefined, annotations: undefined });

describe('the answer of a write', () => {
  it('is 201 where the secret was made, and else 200', () => {
    expect(toReply(DELETE, { kind: 'one', result: written }).statusCode).toBe(201);
    expect(toReply(DELETE, { kind: 'one', result: { ...written, created: false } }).statusCode).toBe(200);
    const others: WriteAnswer[] = [
      { kind: 'many', result: { items: [written], errors: [] } },
      { kind: 'delete', result: { name: 'a', deleted: true } },
    ];
    for (const answer of others) expect(toReply(DELETE, answer).statusCode).toBe(200);
  });

  it('has null for what is not known, and each failure of many', () => {
    const unknown = { ...written, changed: undefined, version: undefined };
    expect(toBody({ kind: 'one', result: unknown })).toEqual({
      name: 'a',
      created: true,
      changed: null,
      version: null,
    });
    const errors = [{ name: 'b', error: new ConjurError('forbidden', 'No.') }];
    expect(toDirect(DELETE, { kind: 'many', result: { items: [written], errors } })).toEqual({
      secrets: [written],
      errors: [{ name: 'b', code: 'forbidden', message: 'No.' }],
    });
    expect(toBody({ kind: 'delete', result: { name: 'a', deleted: false } })).toEqual({ name: 'a', deleted: false });
  });
});

it('the log names what is written, and never the key', () => {
  const describeCall = (request: Parameters<typeof writeSecretFunction.describe>[0]) =>
    writeSecretFunction.describe(request, {} as never);
  expect(writeSecretFunction.name).toBe('write-secret');
  expect(describeCall({ kind: 'one', secret: value('a'), reportVersion: true })).toEqual({ call: 'write', name: 'a' });
  expect(describeCall({ kind: 'many', secrets: [value('a'), value('b')], reportVersion: true })).toEqual({
    call: 'write-many',
    count: 2,
  });
  const virtualKey = { key: Secret.of('sk-1'), keyAlias: 'team', tokenId: 't' };
  expect(describeCall({ kind: 'virtual-key', virtualKey, reportVersion: true })).toEqual({
    call: 'store-virtual-key',
    keyAlias: 'team',
  });
  expect(describeCall(DELETE)).toEqual({ call: 'delete', name: 'a' });
});

/** Deps whose client answers, or fails, as it is told. */
function depsWith(conjur: object, environment: Record<string, string> = {}, allowDelete = true) {
  return { settings: { keyManagement: settingsOf(environment), allowDelete }, conjur } as never;
}

it('a secret is written by its name, and a virtual key by that of its alias', async () => {
  const writeSecret = async (name: string) => ({ ...written, name });
  const deps = depsWith({ writeSecret }, { CYBERARK_STORE_VIRTUAL_KEYS: 'true' });
  expect(await write(deps, { kind: 'one', secret: value('a'), reportVersion: true }, deadline)).toEqual({
    kind: 'one',
    result: written,
  });
  const virtualKey = { key: Secret.of('sk-1'), keyAlias: 'team', tokenId: 't' };
  expect(await write(deps, { kind: 'virtual-key', virtualKey, reportVersion: true }, deadline)).toEqual({
    kind: 'one',
    result: { ...written, name: 'litellm/team' },
  });
});

describe('a write of many', () => {
  const failing = (code: FunctionErrorCode, items: object[] = []) =>
    depsWith({
      writeSecrets: async () => ({ items, errors: [{ name: 'a', error: createFunctionError(code, 'No.') }] }),
    });
  const request = { kind: 'many', secrets: [value('a')], reportVersion: true } as const;

  it.each(['invalid_request', 'not_hosted', 'forbidden', 'unprocessable', 'payload_too_large'] as const)(
    'of which each fails for a reason of its own (%s) is an answer',
    async (code) => {
      expect(await write(failing(code), request, deadline)).toMatchObject({ result: { items: [] } });
    },
  );

  it('that fails as a whole is one only where something was written', async () => {
    await expect(write(failing('upstream_unavailable'), request, deadline)).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
    expect(await write(failing('upstream_unavailable', [written]), request, deadline)).toMatchObject({
      result: { items: [written], errors: [{ name: 'a' }] },
    });
  });

  it('sends only what may be written', async () => {
    const sent: string[] = [];
    const writeSecrets = async (secrets: readonly { name: string }[]) => {
      sent.push(...secrets.map(({ name }) => name));
      return { items: [], errors: [] };
    };
    const secrets = ['a', 'b', 'a.pending'].map(value);
    const deps = depsWith({ writeSecrets }, { CYBERARK_HOSTED_KEYS: 'a,a.pending' });
    expect(await write(deps, { kind: 'many', secrets, reportVersion: true }, deadline)).toMatchObject({
      result: { errors: [{ name: 'b', error: { code: 'not_hosted' } }, { name: 'a.pending' }] },
    });
    expect(sent).toEqual(['a']);
  });
});

it.each([
  { kind: 'one', secret: value('a'), reportVersion: true },
  { kind: 'many', secrets: [value('a')], reportVersion: true },
  { kind: 'virtual-key', virtualKey: { key: Secret.of('sk-1'), keyAlias: 'a', tokenId: 't' }, reportVersion: true },
  DELETE,
] as const)('nothing is written where only reading is allowed: $kind', async (request) => {
  // Without virtual keys: the access mode is looked at first.
  await expect(write(depsWith({}, { CYBERARK_ACCESS_MODE: 'read_only' }), request, deadline)).rejects.toMatchObject({
    code: 'access_mode_denied',
  });
});

describe('a deletion', () => {
  const gone = { showVariable: async () => undefined };

  it('is one that was made and looked at', async () => {
    const deleted: string[] = [];
    const deleteVariable = async (name: string) => void deleted.push(name);
    expect(await deleteSecret(depsWith({ ...gone, deleteVariable }), 'a', deadline)).toEqual({
      name: 'a',
      deleted: true,
    });
    expect(deleted).toEqual(['a']);
  });

  it('is none where the variable is still there', async () => {
    const conjur = { deleteVariable: async () => undefined, showVariable: async () => ({ name: 'a' }) };
    await expect(deleteSecret(depsWith(conjur), 'a', deadline)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('but the variable is there'),
    });
  });

  it('is refused where none is allowed, and fails where Conjur does', async () => {
    await expect(deleteSecret(depsWith(gone, {}, false), 'a', deadline)).rejects.toMatchObject({
      code: 'delete_not_supported',
    });
    const deleteVariable = async () => Promise.reject(new ConjurError('forbidden', 'No.'));
    await expect(deleteSecret(depsWith({ ...gone, deleteVariable }), 'a', deadline)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
