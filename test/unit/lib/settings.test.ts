import { describe, expect, it } from 'vitest';
import { fromEnv } from '../../../lib/env.ts';
import type { Secret } from '../../../lib/secret.ts';
import { type ConjurClientOptions, createNameOf, isExposed, toSettings, valueAt } from '../../../lib/settings.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../../support/certificates.ts';

const AUTH = { type: 'api-key', apiKey: 'sesame' } as const;
const BASE: ConjurClientOptions = { baseUrl: 'https://conjur.example', auth: AUTH };

const authority: CertificateAuthority = await createCertificateAuthority('CA');
const [one, other] = [
  await authority.issueClient({ commonName: 'a' }),
  await authority.issueClient({ commonName: 'b' }),
];

function problemsOf(options: Partial<ConjurClientOptions>): string {
  try {
    toSettings({ ...BASE, ...options });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

function warningsOf(environment: Record<string, string>): string[] {
  const warnings: string[] = [];
  const base = { CYBERARK_API_BASE: 'https://conjur.example', CYBERARK_API_KEY: 'sesame' };
  fromEnv({ ...base, ...environment }, { warn: (warning) => warnings.push(warning) });
  return warnings;
}

describe('a URL is exposed', () => {
  it.each([
    ['http://conjur.internal', true],
    ['http://127.0.0.1.example', true],
    ['http://a.localhost', true],
    ['http://10.127.0.0.1.example', true],
    ['http://localhost:8080', false],
    ['http://127.9.9.9', false],
    ['http://[::1]', false],
    ['https://conjur.internal', false],
  ])('%s: %s', (url, exposed) => {
    expect(isExposed(new URL(url))).toBe(exposed);
  });
});

describe('where TLS is required', () => {
  const rule = ' must be https, since requireTls is in force';

  it.each<[Partial<ConjurClientOptions>, string]>([
    [{ baseUrl: 'http://a' }, `baseUrl${rule}`],
    [{ baseUrl: 'http://127.0.0.1' }, `baseUrl${rule}`],
    [{ readBaseUrls: ['https://a', 'http://b'] }, `readBaseUrls${rule}`],
    [{ tls: { verify: false } }, 'tls.verify must not be false, since requireTls is in force'],
    [{}, ''],
  ])('%j is told as: %s', (options, problem) => {
    expect(problemsOf({ ...options, requireTls: true })).toBe(problem);
    expect(problemsOf({ ...options, requireTls: false })).toBe('');
    expect(problemsOf(options)).toBe('');
  });
});

describe('a client certificate and its key', () => {
  it.each<[ConjurClientOptions['tls'], string]>([
    [{ clientCert: one.cert }, 'tls.clientKey is missing, which goes with tls.clientCert'],
    [{ clientKey: one.key }, 'tls.clientCert is missing, which goes with tls.clientKey'],
    [
      { clientCert: one.cert, clientKey: other.key },
      'tls.clientKey does not belong to the certificate in tls.clientCert: give the two that were made together',
    ],
    [{ clientCert: one.cert, clientKey: one.key }, ''],
  ])('go together', (tls, problem) => {
    expect(problemsOf({ tls })).toBe(problem);
  });

  it('stand in the order that TLS wants: its own before those of authorities', () => {
    const tls = { clientCert: authority.cert + one.cert, clientKey: one.key };
    const { clientCert } = toSettings({ ...BASE, tls }).tls;
    const [first, second] = (clientCert as Secret).expose().split(/(?<=END CERTIFICATE-----\n)/);
    expect([first?.trim(), second?.trim()]).toEqual([one.cert.trim(), authority.cert.trim()]);
  });
});

describe('a proxy', () => {
  it('is none without an address, whatever the exceptions of other programs are', () => {
    expect(toSettings({ ...BASE, proxy: { except: '10.0.0.0/99' } }).proxy).toBeUndefined();
    expect(problemsOf({ proxy: { http: 'http://p', except: '10.0.0.0/99' } })).toContain('proxy.except');
  });

  it('for https alone, or for http alone, is one', () => {
    for (const name of ['http', 'https'] as const) {
      const { proxy } = toSettings({ ...BASE, proxy: { [name]: 'http://p:1' }, tls: { ca: authority.cert } });
      expect(proxy?.[name]?.expose()).toBe('http://p:1');
      expect(proxy?.ca?.trim()).toBe(authority.cert.trim());
    }
  });
});

describe('an operator is warned', () => {
  it.each([
    [{ CYBERARK_API_BASE: 'http://conjur.internal' }, 'CYBERARK_API_BASE is plain http to another host'],
    [{ CYBERARK_READ_API_BASE: 'https://a,http://b' }, 'CYBERARK_READ_API_BASE is plain http to another host'],
    [{ CYBERARK_SSL_VERIFY: 'false' }, 'CYBERARK_SSL_VERIFY is false'],
    [{ CYBERARK_API_KEY_SECRET_ID: 's' }, 'CYBERARK_API_KEY is not used: CYBERARK_API_KEY_SECRET_ID takes precedence'],
    [
      { CYBERARK_SECRET_STALE_IF_ERROR: '9' },
      'CYBERARK_SECRET_STALE_IF_ERROR has no effect while CYBERARK_SECRET_CACHE_TTL is 0',
    ],
    [{ CYBERARK_EDITION: 'saas', CYBERARK_USERNAME: 'host/a' }, 'CYBERARK_USERNAME names a host outside data'],
  ])('of %j', (environment, warning) => {
    expect(warningsOf(environment)).toEqual([expect.stringContaining(warning)]);
  });

  it.each<Record<string, string>>([
    {},
    { CYBERARK_API_BASE: 'http://localhost' },
    { CYBERARK_SECRET_STALE_IF_ERROR: '9', CYBERARK_SECRET_CACHE_TTL: '9' },
    { CYBERARK_API_KEY: '', CYBERARK_API_KEY_SECRET_ID: 's' },
    { CYBERARK_EDITION: 'saas', CYBERARK_USERNAME: 'host/data/a' },
    { CYBERARK_EDITION: 'saas', CYBERARK_USERNAME: 'alice' },
    { CYBERARK_EDITION: 'self-hosted', CYBERARK_USERNAME: 'host/a' },
  ])('of nothing in %j', (environment) => {
    expect(warningsOf(environment)).toEqual([]);
  });
});

describe('the name of an option', () => {
  it('is that of its variable while its value is the one that was read, a list by its items', () => {
    const read = fromEnv({ CYBERARK_API_KEY: 'sesame', CYBERARK_GRANT_READ: 'group:a,group:b' });
    const nameOfRead = (grantRead: readonly string[] | undefined) => createNameOf({ ...read, grantRead })('grantRead');
    expect([['group:a', 'group:b'], undefined].map(nameOfRead)).toEqual(['CYBERARK_GRANT_READ', 'CYBERARK_GRANT_READ']);
    expect([['group:a'], ['group:a', 'group:c'], ['group:a', 'group:b', 'group:c'], []].map(nameOfRead)).toEqual(
      Array(4).fill('grantRead'),
    );
  });

  it('leads to its value', () => {
    const options = { ...BASE, tls: { verify: false } };
    expect(
      ['baseUrl', 'auth.apiKey', 'tls.verify', 'tls.ca', 'proxy.http', 'account'].map((path) => valueAt(options, path)),
    ).toEqual([...['https://conjur.example', 'sesame', false, undefined, undefined, undefined]]);
  });
});
