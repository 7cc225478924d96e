import { describe, expect, it } from 'vitest';
import { resolveOtherAccounts } from '../../../../infra/stack/other-accounts.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

describe('callers of other accounts', () => {
  it('are none where nothing is said', async () => {
    expect(await resolveOtherAccounts(resolverContext())).toEqual({ Resources: {} });
    const params = { caller_functions: 'read-secret,rotate-key' };
    expect(await resolveOtherAccounts(resolverContext(params))).toEqual({ Resources: {} });
  });

  it('may call read-secret, unless other functions are named', async () => {
    const params = { caller_account_ids: '111111111111, 222222222222, 111111111111' };
    const { Resources } = await resolveOtherAccounts(resolverContext(params));
    expect(Object.keys(Resources)).toEqual([
      'ReadDashsecretCalledByAccount111111111111',
      'ReadDashsecretCalledByAccount222222222222',
    ]);
    const named = await resolveOtherAccounts(
      resolverContext({ ...params, caller_functions: 'rotate-key,write-secret' }),
    );
    expect(Object.values(named.Resources).map(({ Properties }) => Properties.FunctionName)).toEqual(
      ['Write', 'Write', 'Rotate', 'Rotate'].map((word) => ({
        'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${word}Dash\\w+LambdaFunction$`)), 'Arn'],
      })),
    );
  });

  it('are everybody of an organisation, and never everybody', async () => {
    const { Resources } = await resolveOtherAccounts(resolverContext({ caller_org_id: 'o-a1b2c3d4e5' }));
    expect(Object.values(Resources).map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ Principal: '*', PrincipalOrgID: 'o-a1b2c3d4e5' }),
    ]);
  });

  it.each([
    ['caller_account_ids', '12345'],
    ['caller_account_ids', '*'],
    ['caller_account_ids', 'arn:aws:iam::123456789012:root'],
    ['caller_org_id', '*'],
    ['caller_org_id', 'o-1'],
    ['caller_functions', 'read-secrets'],
    ['caller_functions', '*'],
  ])('cannot be %s %s', async (name, value) => {
    await expect(resolveOtherAccounts(resolverContext({ [name]: value }))).rejects.toThrow(
      `The parameter ${name} must`,
    );
  });
});
