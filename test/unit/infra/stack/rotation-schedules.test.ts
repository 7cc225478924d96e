import { describe, expect, it } from 'vitest';
import { parseRotations, resolveRotations } from '../../../../infra/stack/rotation-schedules.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const entry = { name: 'app/db/password', strategy: 'random', rate: 'rate(30 days)' };

describe('what is scheduled', () => {
  const virtualKey = { name: 'litellm/team-a', strategy: 'litellm-virtual-key', rate: 'rate(30 days)' };
  const litellm = { LITELLM_API_BASE: 'https://litellm.example.com', LITELLM_MASTER_KEY_SECRET_ID: 'litellm/master' };

  it('has the settings that it needs, or is refused by name', async () => {
    const rotations = [virtualKey];
    expect(await resolveRotations(resolverContext(litellm, { rotations }))).toHaveLength(1);
    for (const missing of Object.keys(litellm)) {
      const context = resolverContext({ ...litellm, [missing]: '' }, { rotations });
      await expect(resolveRotations(context)).rejects.toThrow(`needs the setting ${missing}`);
    }
  });

  it.each([{ strategy: 'conjur-api-key' }, { key_age: {} }])(
    'is not a credential of their own where the functions have none: %j',
    async (input) => {
      const rotations = [{ ...input, rate: 'rate(7 days)' }];
      await expect(resolveRotations(resolverContext({ CYBERARK_AUTHN: 'iam' }, { rotations }))).rejects.toThrow(
        'Name the secret',
      );
      expect(await resolveRotations(resolverContext({ credential_rotation: 'off' }, { rotations }))).toHaveLength(1);
    },
  );
});

describe('what the functions would refuse', () => {
  const named = (name: string) => ({ rotations: [{ ...entry, name }] });

  it.each([
    ['a', { CYBERARK_HOSTED_KEYS: 'b' }, 'not among hosted_keys'],
    ['a', { CYBERARK_HOSTED_KEYS: '["b", "c"]' }, 'not among hosted_keys'],
    ['a', { CYBERARK_ACCESS_MODE: 'read_only' }, 'its access_mode is read_only'],
    ['a', { CYBERARK_ACCESS_MODE: 'read' }, 'CYBERARK_ACCESS_MODE must be one of'],
  ])('is refused: %s with %j', async (name, settings, message) => {
    await expect(resolveRotations(resolverContext(settings, named(name)))).rejects.toThrow(message);
  });

  it.each([
    ['a', { CYBERARK_HOSTED_KEYS: 'b, a' }],
    ['a,b', { CYBERARK_HOSTED_KEYS: '["a,b", "c"]' }],
    ['litellm/x', { CYBERARK_HOSTED_KEYS: 'b', CYBERARK_STORE_VIRTUAL_KEYS: '1' }],
    [
      'keys/x',
      {
        CYBERARK_HOSTED_KEYS: 'b',
        CYBERARK_STORE_VIRTUAL_KEYS: 'True',
        CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'keys',
      },
    ],
  ])('and what they would do is not, however the settings write it: %s with %j', async (name, settings) => {
    expect(await resolveRotations(resolverContext(settings, named(name)))).toHaveLength(1);
  });

  it('is not asked where nothing is scheduled: a released template has marks in the place of settings', async () => {
    const marks = { CYBERARK_ACCESS_MODE: 'mark-of-the-mode', CYBERARK_STORE_VIRTUAL_KEYS: 'mark-of-the-switch' };
    expect(await resolveRotations(resolverContext(marks, { rotations: [] }))).toEqual([]);
  });

  it('goes by the block of LiteLLM, and by a setting of the same before it', async () => {
    const block = { ...named('a'), key_management_settings: { hosted_keys: ['b'] } };
    await expect(resolveRotations(resolverContext({}, block))).rejects.toThrow('not among hosted_keys');
    expect(await resolveRotations(resolverContext({ CYBERARK_HOSTED_KEYS: 'a' }, block))).toHaveLength(1);
  });
});

describe('custom.rotations', () => {
  it('gives each entry its schedule, and the rest of it to rotate-key', () => {
    expect(parseRotations([{ ...entry, length: 40, timezone: 'Europe/Berlin' }])).toEqual([
      {
        rate: 'rate(30 days)',
        enabled: true,
        timezone: 'Europe/Berlin',
        start: undefined,
        windowMinutes: undefined,
        input: { name: 'app/db/password', strategy: 'random', length: 40 },
      },
    ]);
  });

  it('takes no two entries with one name and strategy', () => {
    expect(() => parseRotations([entry, { ...entry, rate: 'rate(7 days)' }])).toThrow(
      'custom.rotations[1] has the name and the strategy of another entry',
    );
  });

  it('may be empty or absent', () => {
    expect(parseRotations([])).toEqual([]);
    expect(parseRotations(undefined)).toEqual([]);
  });

  it.each([
    [{ ...entry, rate: 'monthly' }, 'custom.rotations[0].rate must be an expression'],
    [{ ...entry, strategy: 'rnadom' }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, lenght: 40 }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, rate: 'cron(0 25 1 * ? *)' }, 'its field "hours" takes 0 to 23, and not "25"'],
    [{ ...entry, rate: 'cron(0 3 1 * MON *)' }, 'exactly one must be "?"'],
    [{ ...entry, timezone: 'Europe/Atlantis' }, 'time zone that exists'],
    [{ ...entry, timezone: '+01:00' }, 'time zone that exists'],
    [{ ...entry, start: 'tomorrow' }, 'custom.rotations[0].start must be a moment'],
    [{ ...entry, window_minutes: 1_441 }, 'custom.rotations[0].window_minutes must be a whole number'],
    [{ ...entry, enabled: 'yes' }, 'custom.rotations[0].enabled must be true or false'],
    [{ ...entry, strategy: 'supplied', new_value: 'canary' }, 'a secret must not stand in a schedule'],
    ['app/db/password', 'custom.rotations[0] must be a block'],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseRotations([wrong])).toThrow(message);
  });
});
