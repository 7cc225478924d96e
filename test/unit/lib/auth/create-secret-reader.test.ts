import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSecretReader } from '../../../../lib/auth/create-secret-reader.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);

function readerThat(answer: () => unknown) {
  return createSecretReader({ send: (async () => answer()) as unknown as SecretsManagerClient['send'] });
}

function exception(name: string, message = 'about sesame'): () => never {
  return () => {
    throw Object.assign(new Error(message), { name });
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a secret in Secrets Manager', () => {
  it('is read as text or as bytes', async () => {
    const text = await readerThat(() => ({ SecretString: 'sesame' })).read('app', 'AWSCURRENT', deadline);
    const bytes = await readerThat(() => ({ SecretBinary: Buffer.from([0, 255]) })).read('app', 'AWSCURRENT', deadline);
    expect([text?.expose(), bytes?.exposeBytes()]).toEqual(['sesame', Buffer.from([0, 255])]);
  });

  it('that holds nothing is undefined', async () => {
    expect(await readerThat(() => ({})).read('app', 'AWSCURRENT', deadline)).toBeUndefined();
  });

  it('without the label is undefined, and without AWSCURRENT is none', async () => {
    const reader = readerThat(exception('ResourceNotFoundException'));
    expect(await reader.read('app', 'AWSPENDING', deadline)).toBeUndefined();
    await expect(reader.read('app', 'AWSCURRENT', deadline)).rejects.toMatchObject({ code: 'authentication_failed' });
  });

  it.each<readonly [name: string, message: string, code: string]>([
    ...[
      ...['ResourceNotFoundException', 'AccessDeniedException', 'DecryptionFailure', 'InvalidRequestException'],
      ...['InvalidParameterException', 'UnrecognizedClientException', 'ExpiredTokenException'],
      ...['InvalidSignatureException', 'CredentialsProviderError'],
    ].map((name) => [name, 'about sesame', 'authentication_failed'] as const),
    ['TimeoutError', 'about sesame', 'upstream_unavailable'],
    ['Error', 'Region is missing', 'config_invalid'],
  ])('that cannot be read (%s: %s) becomes %s, without the words of AWS', async (name, message, code) => {
    const error = await readerThat(exception(name, message))
      .read('app', 'AWSCURRENT', deadline)
      .catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code, message: expect.stringContaining('the secret app') });
    expect(String(error)).not.toContain('sesame');
  });

  it.each([
    ['ThrottlingException', 'asked too often'],
    ['TooManyRequestsException', 'asked too often'],
    ['RequestLimitExceeded', 'asked too often'],
    ['LimitExceededException', 'asked too often'],
    ['TimeoutError', 'a NAT gateway or a VPC endpoint'],
    ['ENETUNREACH', 'a NAT gateway or a VPC endpoint'],
  ])('that AWS does not give for a while (%s) is told with what to do: %s', async (name, advice) => {
    const reading = readerThat(exception(name)).read('app', 'AWSCURRENT', deadline);
    await expect(reading).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringMatching(new RegExp(`${name}.*Secrets Manager.*|Secrets Manager.*${name}`)),
    });
    await expect(reading).rejects.toThrow(advice);
  });

  it('is not asked for without a region, which the SDK says in the words that are looked for', async () => {
    for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(variable, undefined);
    for (const file of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(file, '/nowhere');
    const client = new SecretsManagerClient({ credentials: { accessKeyId: 'id', secretAccessKey: 'key' } });
    await expect(createSecretReader(client).read('app', 'AWSCURRENT', deadline)).rejects.toMatchObject({
      code: 'config_invalid',
    });
  });
});
