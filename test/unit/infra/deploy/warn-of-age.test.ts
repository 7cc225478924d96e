import { describe, expect, it } from 'vitest';
import type { Template } from '../../../../infra/deploy/template.ts';
import { warnOfAge } from '../../../../infra/deploy/warn-of-age.ts';
import { resolveAlarms } from '../../../../infra/stack/alarms.ts';
import { resolveCredentialRotation } from '../../../../infra/stack/credential-rotation.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

async function templateOf(params: Record<string, string>): Promise<Template> {
  const context = resolverContext(params);
  const [alarms, rotation] = [await resolveAlarms(context), await resolveCredentialRotation(context)];
  return { Resources: { ...alarms.Resources, ...(rotation.Resources as object) } } as Template;
}

describe('alarms on the age of keys', () => {
  it.each([
    [{}],
    [{ credential_rotation: 'off' }],
    [{ credential_rotation: 'rate(30 days)' }],
    [{ credential_rotation: 'rate(90 days)', max_key_age_days: '100' }],
    [{ credential_rotation: 'cron(0 1 ? * SUN *)', max_key_age_days: '10' }],
    [{ credential_rotation: 'cron(0 1 1,15 * ? *)', max_key_age_days: '20' }],
    [{ credential_rotation: 'cron(0 0/8 * * ? *)', max_key_age_days: '2' }],
    [{ credential_rotation: 'cron(0 1 ? JAN-DEC MON#2 *)' }],
    [{ credential_rotation: 'cron(0 1 LW * ? *)' }],
  ])('ring at a fault alone with %j', async (params) => {
    expect(warnOfAge(await templateOf(params))).toBeUndefined();
  });

  it.each([
    [{ credential_rotation: 'rate(60 days)' }, 'max_key_age_days=76'],
    [{ credential_rotation: 'rate(90 days)' }, 'max_key_age_days=106'],
    [{ credential_rotation: 'cron(0 1 1 1 ? *)' }, 'max_key_age_days=382'],
    [{ credential_rotation: 'cron(0 1 1 JAN,JUL ? *)' }, 'max_key_age_days=198'],
    [{ credential_rotation: 'cron(0 1 1 1/5 ? *)' }, 'max_key_age_days=167'],
    [{ read_secret_credential_rotation: 'rate(50 days)' }, 'max_key_age_days=64'],
    [{ max_key_age_days: '20' }, 'max_key_age_days=45'],
  ])('ring by themselves with %j, which is said', async (params, advice) => {
    expect(warnOfAge(await templateOf(params))).toContain(advice);
  });
});
