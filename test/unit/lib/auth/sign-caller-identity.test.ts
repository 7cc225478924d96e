import { describe, expect, it } from 'vitest';
import { createCallerIdentitySigner } from '../../../../lib/auth/sign-caller-identity.ts';

const NOW_MS = Date.parse('2026-03-01T12:34:56Z');
const KEYS = { accessKeyId: 'ASIAEXAMPLEEXAMPLE11', secretAccessKey: 'made-up-secret' };

function sign(options: object, credentials: object = { ...KEYS, sessionToken: 'made-up-token' }) {
  const all = { sts: 'regional', region: 'eu-central-1', now: () => NOW_MS, ...options } as const;
  return createCallerIdentitySigner({ ...all, credentials: async () => credentials as typeof KEYS })();
}

describe('the signature for authn-iam', () => {
  it('has exactly the five headers that Conjur takes, and signs no other', async () => {
    const headers = await sign({});
    expect(Object.keys(headers).sort()).toEqual([
      'authorization',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ]);
    expect(headers).toMatchObject({
      host: 'sts.eu-central-1.amazonaws.com',
      'x-amz-date': '20260301T123456Z',
      'x-amz-security-token': 'made-up-token',
      // SHA-256 of nothing.
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(headers.authorization).toContain('Credential=ASIAEXAMPLEEXAMPLE11/20260301/eu-central-1/sts/aws4_request');
    expect(headers.authorization).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token');
  });

  it('has no security token where the credentials have none', async () => {
    expect(await sign({}, KEYS)).not.toHaveProperty('x-amz-security-token');
  });

  it('is for us-east-1 at the global host', async () => {
    const headers = await sign({ sts: 'global', region: undefined });
    expect(headers.host).toBe('sts.amazonaws.com');
    expect(headers.authorization).toContain('/us-east-1/sts/aws4_request');
  });

  it('is made with the time and the credentials of the moment', async () => {
    let nowMs = NOW_MS;
    let accessKeyId = 'FIRST';
    const signer = createCallerIdentitySigner({
      sts: 'regional',
      region: 'eu-central-1',
      now: () => nowMs,
      credentials: async () => ({ ...KEYS, accessKeyId }),
    });
    await signer();
    nowMs += 60_000;
    accessKeyId = 'SECOND';
    const headers = await signer();
    expect(headers['x-amz-date']).toBe('20260301T123556Z');
    expect(headers.authorization).toContain('Credential=SECOND/');
  });

  it('needs a region, or the global host', () => {
    expect(() => createCallerIdentitySigner({ sts: 'regional', region: undefined, now: () => 0 })).toThrow(
      'AWS_REGION',
    );
  });

  it('fails as an authentication where there are no credentials', async () => {
    const signer = createCallerIdentitySigner({
      sts: 'global',
      region: undefined,
      now: () => NOW_MS,
      credentials: () => Promise.reject(new Error('none')),
    });
    await expect(signer()).rejects.toMatchObject({ code: 'authentication_failed' });
  });
});
