import { describe, expect, it } from 'vitest';
import { resolveCallers } from '../../../../infra/stack/callers.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const AUTHN = { CYBERARK_AUTHN: 'iam' };
const CALLERS = [{ arn: 'arn:aws:iam::123456789012:role/team-a', names: ['team-a/*'], read: true }];
const resolve = (callers: unknown, params = {}, rotations: unknown[] = []) =>
  resolveCallers(resolverContext({ ...AUTHN, ...params }, { callers, rotations }), {});

describe('custom.callers', () => {
  it.each([undefined, null, []])('is off where it is %j', async (callers) => {
    expect(await resolve(callers)).toEqual({});
  });

  it('becomes a setting of the functions, and the setting takes precedence over it', async () => {
    expect(await resolve(CALLERS)).toEqual({ CYBERARK_CALLERS: JSON.stringify(CALLERS) });
    const own = JSON.stringify([{ direct: true, names: ['*'], read: true }]);
    expect(await resolve(CALLERS, { CYBERARK_CALLERS: own })).toEqual({ CYBERARK_CALLERS: own });
  });

  it('is read as the functions will read it', async () => {
    await expect(resolve([{ ...CALLERS[0], raed: true }])).rejects.toThrow(
      'custom.callers entry 1 has an unknown field',
    );
    await expect(resolve({ team: 'a' })).rejects.toThrow('custom.callers must be a JSON list');
  });

  it.each([
    ['caller_account_ids', '111111111111'],
    ['caller_org_id', 'o-a1b2c3d4e5'],
  ])('goes with no direct callers of other accounts: %s', async (name, value) => {
    await expect(resolve(CALLERS, { [name]: value })).rejects.toThrow(`The parameter ${name}`);
  });

  it('lets scheduled rotations through, or the stack is not packaged', async () => {
    const rotations = [{ name: 'team-a/key', strategy: 'random', rate: 'rate(30 days)' }];
    await expect(resolve(CALLERS, {}, rotations)).rejects.toThrow('custom.rotations[0] would be refused');
    const direct = { direct: true, names: ['team-a/*'], rotate: true };
    await expect(resolve([...CALLERS, direct], {}, rotations)).resolves.toHaveProperty('CYBERARK_CALLERS');
  });
});
