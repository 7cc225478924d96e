import { expect, it } from 'vitest';
import { toAwsError } from '../../../../functions/rotate-key/aws-error.ts';
import { ConjurError } from '../../../../lib/errors.ts';

const ACTION = 'reading the secret app';

it.each([
  ['ResourceNotFoundException', { $fault: 'client' }, 'secret_not_found', 'does not know it'],
  ['AccessDeniedException', { $fault: 'client' }, 'forbidden', 'role'],
  ['DecryptionFailure', { $fault: 'client' }, 'forbidden', 'KMS key'],
  ['EncryptionFailure', { $fault: 'client' }, 'forbidden', 'KMS key'],
  ['KMSAccessDeniedException', { $fault: 'client' }, 'forbidden', 'KMS key'],
  ['CredentialsProviderError', {}, 'config_invalid', 'no AWS credentials'],
  ['UnrecognizedClientException', { $fault: 'client' }, 'config_invalid', 'no AWS credentials'],
  ['ExpiredTokenException', { $fault: 'client' }, 'config_invalid', 'no AWS credentials'],
  ['InvalidSignatureException', { $fault: 'client' }, 'config_invalid', 'no AWS credentials'],
  ['ThrottlingException', { $fault: 'client' }, 'upstream_unavailable', 'asked too often'],
  ['Unnamed', { $fault: 'client', $metadata: { httpStatusCode: 429 } }, 'upstream_unavailable', 'asked too often'],
  ['InvalidRequestException', { $fault: 'client' }, 'upstream_error', 'marked for deletion'],
  [
    'InvalidRequestException',
    { $fault: 'client', $metadata: { httpStatusCode: 430 } },
    'upstream_error',
    'marked for deletion',
  ],
  ['InternalServiceError', { $fault: 'server' }, 'upstream_unavailable', 'network'],
  ['TimeoutError', {}, 'upstream_unavailable', 'network'],
])('%s %j becomes %s, without the words of AWS', (name, more, code, advice) => {
  const error = toAwsError(Object.assign(new Error('about sesame'), { name, ...more }), ACTION);
  expect(error).toMatchObject({ code, message: expect.stringContaining(ACTION) });
  expect(error.message).toContain(advice);
  expect(error.cause).toHaveProperty('name', name);
  expect(String(error)).not.toContain('sesame');
});

it('the want of a region becomes config_invalid', () => {
  expect(toAwsError(new Error('Region is missing'), ACTION)).toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('AWS_REGION'),
  });
});

it('what is no error becomes one', () => {
  expect(toAwsError(undefined, ACTION)).toMatchObject({ code: 'upstream_unavailable' });
});

it("an error of this project's stays what it is", () => {
  const error = new ConjurError('deadline_exceeded', 'It is late.');
  expect(toAwsError(error, ACTION)).toBe(error);
});
