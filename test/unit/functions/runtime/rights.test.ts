import { describe, expect, it } from 'vitest';
import { parseDirect, parseHttp } from '../../../../functions/rotate-key/api.ts';
import type { RotationDeps } from '../../../../functions/rotate-key/deps.ts';
import { rotate } from '../../../../functions/rotate-key/rotate.ts';
import { assertAccess, assertRotation } from '../../../../functions/runtime/access.ts';
import { parseHttpEvent } from '../../../../functions/runtime/http.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { write } from '../../../../functions/write-secret/write.ts';
import { toKeyManagementEnvironment } from '../../../../infra/stack/key-management-environment.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

const clock = new FakeClock();
const deadline = new Deadline(clock, 10_000);

function settingsOf(environment: Record<string, string>) {
  return parseFunctionSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' }).settings;
}

describe('hosted_keys that are set and name nothing', () => {
  it.each(['', ' ', ',', '[]', '[""]', '[" "]'])('host nothing: %j', (text) => {
    const { keyManagement } = settingsOf({ CYBERARK_HOSTED_KEYS: text });
    expect(() => assertAccess(keyManagement, 'read', 'a')).toThrow(expect.objectContaining({ code: 'not_hosted' }));
  });

  it('may be a JSON list', () => {
    const { keyManagement } = settingsOf({ CYBERARK_HOSTED_KEYS: '["a", "b,c"]' });
    for (const name of ['a', 'b,c']) assertAccess(keyManagement, 'read', name);
    expect(() => assertAccess(keyManagement, 'read', 'b')).toThrow(expect.objectContaining({ code: 'not_hosted' }));
  });

  it.each(['[1]', '["a"', '[{"a":1}]'])('%s is a fault of the settings', (text) => {
    expect(() => settingsOf({ CYBERARK_HOSTED_KEYS: text })).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  });

  it.each([[[]], [['']], [['a', ' ']]])('are refused when the stack is packaged: %j', (hosted) => {
    expect(() => toKeyManagementEnvironment({ hosted_keys: hosted })).toThrow(/hosted_keys/);
  });
});

describe('a name that the rotation of another secret stages in', () => {
  const conjur = {
    writeSecret: () => Promise.reject(new Error('It was written.')),
    writeSecrets: async () => ({ items: [], errors: [] }),
  };
  const deps = { settings: settingsOf({ CYBERARK_STORE_VIRTUAL_KEYS: 'true' }), conjur } as unknown as Parameters<
    typeof write
  >[0];
  const secret = { name: 'team.pending', value: Secret.of('v'), mimeType: undefined, annotations: undefined };

  it('is not written', async () => {
    const request = { kind: 'one', secret, reportVersion: true } as const;
    await expect(write(deps, request, deadline)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('is not the alias of a virtual key', async () => {
    const virtualKey = { key: Secret.of('sk-1'), keyAlias: 'team.pending', tokenId: 'hash' };
    const request = { kind: 'virtual-key', virtualKey, reportVersion: true } as const;
    await expect(write(deps, request, deadline)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('is an error of its own among many', async () => {
    const answer = await write(deps, { kind: 'many', secrets: [secret], reportVersion: true }, deadline);
    expect(answer).toMatchObject({
      result: { errors: [{ name: 'team.pending', error: { code: 'invalid_request' } }] },
    });
  });

  it('is not rotated', () => {
    const needs = { affectedVariables: ['team.pending'], stagingVariables: [], rights: [] };
    expect(() => assertRotation(deps.settings.keyManagement, needs)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

describe("the stack's own credential", () => {
  const call = { strategy: 'conjur-api-key', secret_id: 'credential' };
  const overHttp = () =>
    parseHttp(
      parseHttpEvent({
        httpMethod: 'POST',
        resource: '/rotations',
        headers: { 'content-type': 'application/json' },
        requestContext: {},
        body: JSON.stringify(call),
      }),
    );
  const depsOf = (environment: Record<string, string>): RotationDeps =>
    ({
      settings: settingsOf(environment),
      clock,
      recordMetrics: () => undefined,
      loadSecretVersions: () => Promise.reject(new Error('AWS was asked.')),
      logger: { info: () => undefined, warn: () => undefined },
    }) as unknown as RotationDeps;

  it('is not rotated over HTTP', async () => {
    await expect(rotate(depsOf({}), overHttp(), deadline)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is where the deployment has switched that on, and always by a direct call', async () => {
    const on = depsOf({ CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP: 'true' });
    await expect(rotate(on, overHttp(), deadline)).rejects.toThrow('AWS was asked.');
    await expect(rotate(depsOf({}), parseDirect(call), deadline)).rejects.toThrow('AWS was asked.');
  });
});
