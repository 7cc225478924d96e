import { describe, expect, it } from 'vitest';
import { resolveAccountRules } from '../../../../infra/stack/account-rules.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-1111-2222-3333-444455556666';

describe('the rules of an account', () => {
  it('are none where nothing is said', async () => {
    expect(await resolveAccountRules(resolverContext())).toEqual({ Resources: {} });
  });

  it('bound every role, and set it below a path', async () => {
    const PermissionsBoundary = 'arn:aws:iam::123456789012:policy/boundaries/teams';
    const params = { permissions_boundary: PermissionsBoundary, role_path: '/teams/secrets/' };
    const { Resources } = await resolveAccountRules(resolverContext(params));
    expect(Object.keys(Resources)).toEqual(['ReadSecretRole', 'WriteSecretRole', 'RotateKeyRole', 'SchedulerRole']);
    for (const { Properties } of Object.values(Resources))
      expect(Properties).toEqual({ PermissionsBoundary, Path: '/teams/secrets/' });
  });

  it("encrypt every log group, the HTTP API's where there is one", async () => {
    const withApi = await resolveAccountRules(resolverContext({ log_kms_key_arn: KEY }));
    expect(Object.keys(withApi.Resources)).toHaveLength(4);
    for (const { Properties } of Object.values(withApi.Resources)) expect(Properties).toEqual({ KmsKeyId: KEY });
    const without = await resolveAccountRules(resolverContext({ log_kms_key_arn: KEY, http_api: 'off' }));
    expect(Object.keys(without.Resources)).not.toContain('HttpApiLogGroup');
  });

  it.each([
    ['permissions_boundary', 'teams'],
    ['permissions_boundary', 'arn:aws:iam::123456789012:role/teams'],
    ['role_path', 'teams'],
    ['role_path', '/teams'],
    ['role_path', '/two words/'],
    ['role_path', `/${'a'.repeat(511)}/`],
    ['log_kms_key_arn', 'arn:aws:kms:eu-central-1:123456789012:alias/logs'],
    ['log_kms_key_arn', 'logs'],
  ])('refuse what AWS would refuse later: %s %s', async (name, value) => {
    await expect(resolveAccountRules(resolverContext({ [name]: value }))).rejects.toThrow(`The parameter ${name} must`);
  });
});
