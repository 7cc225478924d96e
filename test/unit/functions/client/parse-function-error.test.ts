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

  it('is none in an answer that merely has a field of that name', () => {
    expect(parseFunctionError({ name: 'a', errorMessage: 'b' }, undefined)).toBeUndefined();
    expect(parseFunctionError({ name: 'a', value: 'b' }, undefined)).toBeUndefined();
  });
});

describe('an error of Lambda itself', () => {
  it.each([
    ['AccessDeniedException', 'forbidden'],
    ['ResourceNotFoundException', 'config_invalid'],
    ['RequestTooLargeException', 'payload_too_large'],
    ['TooManyRequestsException', 'upstream_unavailable'],
    ['AbortError', 'deadline_exceeded'],
    ['ServiceException', 'upstream_unavailable'],
  ])('%s becomes %s, and keeps its cause', (name, code) => {
    const cause = Object.assign(new Error('canary-value'), { name });
    const error = toInvocationError(cause, 'reader');
    expect(error).toMatchObject({ code, cause });
    expect(error.message).not.toContain('canary-value');
  });

  it('tells an endpoint that is down from a Lambda that is busy', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const error = toInvocationError(cause, 'reader');
    expect(error.code).toBe('upstream_unavailable');
    expect(error.message).toMatch(/ECONNREFUSED.*was not called.*endpoint.*npm start/);
  });
});
