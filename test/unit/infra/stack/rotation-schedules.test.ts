import { describe, expect, it } from 'vitest';
import { parseRotations, resolveRotations } from '../../../../infra/stack/rotation-schedules.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const entry = { name: 'app/db/password', strategy: 'random', rate: 'rate(30 days)' };

describe('what is scheduled', () => {
  const virtualKey = { name: 'litellm/team-a', strategy: 'litellm-virtual-key', rate: 'rate(30 days)' };
  const litellm = { LITELLM_API_BASE: 'https://litellm.example.com', LITELLM_MASTER_KEY_SECRET_ID: 'litellm/master' };

  it('has the settings that it needs, or is refused by name', async () => {
    const rotations = [virtualKey];
    expect(await resolveRotations(resolverContext(litellm, { rotations }))).toHaveLength(2);
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
      expect(await resolveRotations(resolverContext({}, { rotations }))).toHaveLength(2);
    },
  );
});

describe('custom.rotations', () => {
  it('gives each entry its schedule, and the rest of it to rotate-key', () => {
    expect(parseRotations([{ ...entry, length: 40, timezone: 'Europe/Berlin' }])).toEqual([
      {
        rate: 'rate(30 days)',
        enabled: true,
        timezone: 'Europe/Berlin',
        input: { name: 'app/db/password', strategy: 'random', length: 40 },
      },
    ]);
  });

  it('may be empty or absent', () => {
    expect(parseRotations([])).toEqual([]);
    expect(parseRotations(undefined)).toEqual([]);
  });

  it.each([
    [{ ...entry, rate: 'monthly' }, 'custom.rotations[0].rate must be an expression'],
    [{ ...entry, strategy: 'rnadom' }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, lenght: 40 }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, enabled: 'yes' }, 'custom.rotations[0].enabled must be true or false'],
    [{ ...entry, strategy: 'supplied', new_value: 'canary' }, 'a secret must not stand in a schedule'],
    ['app/db/password', 'custom.rotations[0] must be a block'],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseRotations([wrong])).toThrow(message);
  });
});
