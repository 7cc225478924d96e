import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseFunctionError, toInvocationError } from '../../../../functions/client/invoke-function.ts';
import { FUNCTION_ERROR_STATUS, type FunctionErrorCode } from '../../../../functions/contract/error-codes.ts';
import { toErrorName } from '../../../../lib/errors.ts';

const CODES = Object.keys(FUNCTION_ERROR_STATUS) as FunctionErrorCode[];

describe('the error of a function', () => {
  it.each(CODES)('%s is known by its errorType', (code) => {
    const answer = { errorType: toErrorName(code), errorMessage: 'What to do.', trace: [] };
    expect(parseFunctionError(answer, 'Unhandled')).toMatchObject({ code, message: 'What to do.' });
  });

  it('is internal where only a trace names a code: what the trace quotes is no answer', () => {
    const answer = { errorType: 'Error', errorMessage: 'canary-value', trace: ['SecretNotFound: canary-value'] };
    expect(parseFunctionError(answer, 'Unhandled')).toMatchObject({ code: 'internal' });
  });

  it.each([
    [{ errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out after 29.00 seconds' }],
    [{ errorMessage: '2030-01-01T00:00:00.000Z Task timed out after 29.00 seconds' }],
  ])("is deadline_exceeded where Lambda's own time-out came first", (answer) => {
    expect(parseFunctionError(answer, 'Unhandled')).toMatchObject({ code: 'deadline_exceeded' });
  });

  it('is internal for what nobody foresaw, without its message', () => {
    const answer = { errorType: 'Runtime.ExitError', errorMessage: 'canary-value' };
    const error = parseFunctionError(answer, 'Unhandled');
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('Runtime.ExitError') });
    expect(error?.message).not.toContain('canary-value');
  });

  it('is known without the word of Lambda beside it, as the invoke endpoint of npm start gives it', () => {
    const answer = { errorType: 'Forbidden', errorMessage: 'What to do.' };
    expect(parseFunctionError(answer, undefined)).toMatchObject({ code: 'forbidden', message: 'What to do.' });
  });

  it('is internal where Lambda says that it is one, and the answer does not', () => {
    for (const answer of [{}, { errorType: 'Forbidden' }, { errorMessage: 'canary-value' }])
      expect(parseFunctionError(answer, 'Unhandled')).toMatchObject({
        code: 'internal',
        message: expect.stringContaining('an unknown error'),
      });
  });

  it.each([
    ['Runtime.ExitError', true],
    ['a'.repeat(80), true],
    ['a'.repeat(81), false],
    ['of several words', false],
    ['trailing!', false],
    ['!leading', false],
  ])('is called %s: %s', (errorType, isTold) => {
    const { message = '' } = parseFunctionError({ errorType, errorMessage: 'x' }, 'Unhandled') ?? {};
    expect(message.includes(errorType)).toBe(isTold);
  });

  it('is no time-out where only its end says so', () => {
    const answer = { errorType: 'Error', errorMessage: 'two words Task timed out after 29.00 seconds' };
    expect(parseFunctionError(answer, 'Unhandled')).toMatchObject({ code: 'internal' });
  });

  it('is none in an answer that merely has a field of that name', () => {
    expect(parseFunctionError({ name: 'a', errorMessage: 'b' }, undefined)).toBeUndefined();
    expect(parseFunctionError({ name: 'a', value: 'b' }, undefined)).toBeUndefined();
  });
});

describe('an error of Lambda itself', () => {
  it.each([
    ['AccessDeniedException', 'forbidden', 'lambda:InvokeFunction'],
    ['ResourceNotFoundException', 'config_invalid', 'functionNames'],
    ['RequestTooLargeException', 'payload_too_large', 'Split the call'],
    ['TooManyRequestsException', 'upstream_unavailable', 'no concurrency left'],
    ['AbortError', 'deadline_exceeded', 'was ended'],
    ['TimeoutError', 'deadline_exceeded', 'was ended'],
    ['ServiceException', 'upstream_unavailable', 'may have happened all the same'],
    ['ECONNRESET', 'upstream_unavailable', 'its answer was lost (ECONNRESET)'],
  ])('%s becomes %s, and keeps its name and place', (name, code, words) => {
    const cause = Object.assign(new Error('canary-value'), { name, rawPacket: Buffer.from('canary-value') });
    const error = toInvocationError(cause, 'reader');
    expect(error).toMatchObject({ code, cause: { name, stack: expect.stringContaining('parse-function-error.test') } });
    expect(error.message).toContain(words);
    expect(`${error.message} ${inspect(error, { depth: null })}`).not.toContain('canary-value');
    expect(error.cause).not.toHaveProperty('rawPacket');
    expect(error.retryAfterSeconds).toBe(name === 'TooManyRequestsException' ? 1 : undefined);
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'])(
    'tells an endpoint that is down (%s) from a Lambda that is busy',
    (code) => {
      const error = toInvocationError(Object.assign(new Error('connect'), { code }), 'reader');
      expect(error.code).toBe('upstream_unavailable');
      expect(error.message).toMatch(/was not called.*endpoint.*npm start/);
      expect(error.message).toContain(code);
    },
  );

  it('that refuses the request is said to be none that may have been done', () => {
    const refusal = Object.assign(new Error('x'), { name: 'InvalidParameterValueException', $fault: 'client' });
    const { code, message } = toInvocationError(refusal, 'reader');
    expect(code).toBe('upstream_unavailable');
    expect(message).toContain('refused to invoke reader (InvalidParameterValueException), so it was not called');
  });

  it('is called by its name where its code is no text, and unknown where it is none', () => {
    const cause = Object.assign(new Error('x'), { name: 'Odd', code: 7 });
    expect(toInvocationError(cause, 'reader').message).toContain('(Odd)');
    expect(toInvocationError('text', 'reader').message).toContain('(unknown)');
  });
});
