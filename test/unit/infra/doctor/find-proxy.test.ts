import { describe, expect, it } from 'vitest';
import { findProxy } from '../../../../infra/doctor/find-proxy.ts';
import { Secret } from '../../../../lib/secret.ts';

const HTTP = Secret.of('http://http-proxy:3128');
const HTTPS = Secret.of('http://https-proxy:3128');

function find(base: string, except = ''): string | undefined {
  return findProxy({ baseUrl: new URL(base), proxy: { http: HTTP, https: HTTPS, except } })?.host;
}

describe('the proxy on the way to Conjur', () => {
  it('is the one of the scheme', () => {
    expect(find('https://conjur.internal')).toBe('https-proxy:3128');
    expect(find('http://conjur.internal')).toBe('http-proxy:3128');
    const only = { http: HTTP, https: undefined, except: '' };
    expect(findProxy({ baseUrl: new URL('https://conjur.internal'), proxy: only })?.host).toBe('http-proxy:3128');
    expect(findProxy({ baseUrl: new URL('https://conjur.internal'), proxy: undefined })).toBeUndefined();
  });

  it.each([
    'conjur.internal',
    '.internal',
    '*.internal',
    'internal',
    'a.test, conjur.internal',
    'CONJUR.internal:8443',
    '*',
  ])('is none with NO_PROXY "%s"', (except) => {
    expect(find('https://conjur.internal:8443', except)).toBeUndefined();
  });

  it.each(['other.internal', 'njur.internal', 'conjur.internal:443', ',', ' '])(
    'is there with NO_PROXY "%s"',
    (except) => {
      expect(find('https://conjur.internal:8443', except)).toBe('https-proxy:3128');
    },
  );
});
