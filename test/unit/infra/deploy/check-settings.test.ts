import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../../../infra/deploy/check-settings.ts';

const secretId = { Ref: 'ConjurCredential' };
const GOOD = {
  CYBERARK_REQUIRE_TLS: 'true',
  CYBERARK_API_BASE: 'https://conjur.example.com',
  CYBERARK_API_KEY_SECRET_ID: secretId,
};

/** Two functions with the same environment, as in a stack. */
function check(variables: Record<string, unknown>): string[] {
  const lambda = { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: variables } } };
  return checkSettings({ Resources: { A: lambda, B: lambda } });
}

describe('the check of the settings', () => {
  it('finds nothing where the functions would find nothing', () => {
    expect(check(GOOD)).toEqual([]);
    const iam = { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws', CYBERARK_USERNAME: { 'Fn::Sub': 'host/x' } };
    expect(check({ CYBERARK_API_BASE: GOOD.CYBERARK_API_BASE, ...iam })).toEqual([]);
  });

  it('says once what the functions would answer to every call, all of it', () => {
    const findings = check({
      ...GOOD,
      CYBERARK_TIMEOUT_MS: 'soon',
      CYBERARK_AUTHN: 'api_key',
      CYBERARK_SSL_VERIFY: 'false',
    });
    expect(findings).toHaveLength(1);
    for (const name of ['CYBERARK_TIMEOUT_MS', 'CYBERARK_AUTHN', 'CYBERARK_SSL_VERIFY'])
      expect(findings[0]).toContain(name);
    expect(findings[0]).not.toContain('soon');
  });

  it('takes the path of a layer on trust, and no path of a file that only this machine has', () => {
    const cert = { CYBERARK_CLIENT_CERT: '/opt/client.pem', CYBERARK_CLIENT_KEY: '/opt/client.key' };
    expect(check({ ...GOOD, ...cert, CYBERARK_CA_CERT: '/opt/ca.pem' })).toEqual([]);
    const own = fileURLToPath(import.meta.url);
    expect(check({ ...GOOD, ...cert, CYBERARK_CLIENT_KEY: own })).toEqual([
      expect.stringContaining('CYBERARK_CLIENT_KEY is neither a PEM nor the path of a file'),
    ]);
  });
});
