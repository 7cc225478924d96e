import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../../../infra/local/conjur/parse-arguments.ts';

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(parseArguments([], {})).toEqual({
      help: false,
      port: 8080,
      host: '127.0.0.1',
      edition: 'self-hosted',
      account: undefined,
      adminApiKey: undefined,
      data: ':memory:',
      apiKeysByDefault: true,
      authenticatorsByDefault: true,
      dynamicSecrets: false,
      serverVersion: '1.24.0',
      strictParameters: false,
      tokenTtlSeconds: 480,
      delayMs: 0,
      failRate: 0,
      policyLoadMs: 10,
      tlsCert: undefined,
      tlsKey: undefined,
      clientCa: undefined,
      clientCertificates: 'required',
      jwtKeys: undefined,
      iamCredentials: undefined,
      ldapPasswords: undefined,
      cloudIdentity: undefined,
      metadataPort: undefined,
    });
  });

  it('takes every flag, and the admin key from the environment where no flag gives it', () => {
    const flags =
      '--port 0 --host :: --account acme --data f --token-ttl 60 --delay-ms 5 --fail 0.5 --policy-load-ms 7 --tls-cert c --tls-key k';
    const more = '--client-ca a --client-certs authn --jwt-keys j --iam-credentials i';
    expect(
      parseArguments([...flags.split(' '), ...more.split(' ')], { CONJUR_AUTHN_API_KEY: 'from-env' }),
    ).toMatchObject({
      ...{ port: 0, host: '::', account: 'acme', adminApiKey: 'from-env', data: 'f', tokenTtlSeconds: 60, delayMs: 5 },
      ...{
        failRate: 0.5,
        policyLoadMs: 7,
        tlsCert: 'c',
        tlsKey: 'k',
        clientCa: 'a',
        clientCertificates: 'authn',
        jwtKeys: 'j',
      },
      iamCredentials: 'i',
    });
    const given = parseArguments(['--admin-api-key', 'from-flag'], { CONJUR_AUTHN_API_KEY: 'from-env' });
    expect(given.adminApiKey).toBe('from-flag');
  });

  it.each([
    ['--nope', "Unknown option '--nope'"],
    ['--port', "'--port <value>' argument missing"],
    ['--port=70000', '--port takes a whole number from 0 to 65535, not "70000"'],
    ['--port=', '--port takes a whole number'],
    ['--token-ttl=18001', '--token-ttl takes a whole number from 0 to 18000'],
    ['--token-ttl=1.5', '--token-ttl takes a whole number'],
    ['--delay-ms=-1', '--delay-ms takes a whole number from 0'],
    ['--fail=2', '--fail takes a number from 0 to 1'],
    ['--fail=some', '--fail takes a number from 0 to 1'],
    ['--tls-cert=c', '--tls-cert and --tls-key go together'],
    ['--client-ca=c', '--client-ca needs --tls-cert and --tls-key'],
    ['--client-certs=none', '--client-certs takes required, authn, optional, not "none"'],
    ['--account=a:b', '--account takes a name without'],
    ['--edition=cloud', '--edition takes self-hosted, saas, not "cloud"'],
    ['--cloud-identity=f', '--cloud-identity needs --metadata-port'],
    ['--metadata-port=70000', '--metadata-port takes a whole number from 0 to 65535'],
  ])('refuses %s in one line', (flag, message) => {
    expect(() => parseArguments([flag], {})).toThrow(message);
  });
});
