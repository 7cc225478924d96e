import { describe, expect, it } from 'vitest';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';

const parse = (environment: Record<string, string> = {}) =>
  parseFunctionSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' });

it('without a word of its own, a function hosts every name, deletes nothing, and stores no virtual keys', () => {
  const { settings, warnings } = parse();
  expect(settings).toMatchObject({
    allowDelete: false,
    callers: undefined,
    rotateCredentialsOverHttp: false,
    rotationEventBus: undefined,
    credentialSecretId: undefined,
    litellm: { baseUrl: undefined, masterKey: undefined, masterKeySecretId: undefined },
    keyManagement: {
      accessMode: 'read_and_write',
      hostedKeys: undefined,
      storeVirtualKeys: false,
      prefixForStoredVirtualKeys: 'litellm/',
    },
  });
  expect(warnings).toEqual([]);
});

it('what is set stands where it belongs', () => {
  const { settings } = parse({
    CYBERARK_ALLOW_DELETE: 'true',
    CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP: 'true',
    ROTATION_EVENT_BUS_NAME: 'bus',
    CYBERARK_API_KEY_SECRET_ID: 'credential',
    LITELLM_API_BASE: 'https://litellm.example.com',
    LITELLM_MASTER_KEY: 'sk-master',
    LITELLM_MASTER_KEY_SECRET_ID: 'master',
    CYBERARK_ACCESS_MODE: 'write_only',
    CYBERARK_HOSTED_KEYS: ' a , b',
    CYBERARK_STORE_VIRTUAL_KEYS: 'true',
    CYBERARK_CALLERS: '[{"direct":true,"names":["*"],"read":true}]',
  });
  expect(settings).toMatchObject({
    allowDelete: true,
    rotateCredentialsOverHttp: true,
    rotationEventBus: 'bus',
    credentialSecretId: 'credential',
    litellm: { masterKeySecretId: 'master' },
    keyManagement: { accessMode: 'write_only', hostedKeys: new Set(['a', 'b']), storeVirtualKeys: true },
  });
  expect(settings.callers).toHaveLength(1);
  expect(settings.litellm.baseUrl?.href).toBe('https://litellm.example.com/');
  expect(settings.litellm.masterKey?.expose()).toBe('sk-master');
});

describe('an event bus', () => {
  const ARN = 'arn:aws:events:eu-west-1:123456789012:event-bus/rotations';

  it.each(['rotations', 'a/b.c-d_E9', 'a'.repeat(256), ARN])('may be called %s', (bus) => {
    expect(parse({ ROTATION_EVENT_BUS_NAME: bus }).settings.rotationEventBus).toBe(bus);
  });

  it.each(['a b', 'a'.repeat(257), `x:${ARN}`, `${ARN}!`, '!a'])('may not be called %s', (bus) => {
    expect(() => parse({ ROTATION_EVENT_BUS_NAME: bus })).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining('ROTATION_EVENT_BUS_NAME must be the name or the ARN of an event bus'),
      }),
    );
  });
});

describe('a list of hosted keys', () => {
  it.each([
    [' ["a", " b "]', ['a', 'b']],
    ['["a", " "]', ['a']],
    ['a]', ['a]']],
  ])('%s names %j', (text, names) => {
    expect(parse({ CYBERARK_HOSTED_KEYS: text }).settings.keyManagement.hostedKeys).toEqual(new Set(names));
  });

  it.each(['["a", 1]', '[', '[null]'])('%s is refused, and not quoted', (text) => {
    expect(() => parse({ CYBERARK_HOSTED_KEYS: text })).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining('CYBERARK_HOSTED_KEYS must be names separated by commas'),
      }),
    );
  });
});

it.each([
  ['http://litellm.example.com', true],
  ['https://litellm.example.com', false],
  ['http://127.0.0.1:4000', false],
])('a LiteLLM at %s gives a warning: %s', (url, warns) => {
  const { warnings } = parse({ LITELLM_API_BASE: url });
  expect(warnings.some((warning) => warning.startsWith('LITELLM_API_BASE is plain http'))).toBe(warns);
});

describe('plain http to Conjur', () => {
  const CONJUR = { CYBERARK_API_BASE: 'http://conjur.example.com' };

  it.each([
    [{ AWS_LAMBDA_FUNCTION_NAME: 'read-secret' }, true],
    [{ AWS_LAMBDA_FUNCTION_NAME: ' ' }, false],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'read-secret', IS_OFFLINE: 'true' }, false],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'read-secret', IS_OFFLINE: ' ' }, true],
    [{}, false],
  ])('is refused by a function that is deployed: with %j %s', (environment, refuses) => {
    const parsing = () => parse({ ...CONJUR, ...environment });
    if (refuses) expect(parsing).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    else expect(parsing).not.toThrow();
  });
});
