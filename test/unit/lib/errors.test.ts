import { describe, expect, it } from 'vitest';
import { ConjurError, ERROR_STATUS, isAboutOneName, isConjurError, isErrorCode } from '../../../lib/errors.ts';

describe('an error of the library', () => {
  it.each([
    ['secret_not_found', 'SecretNotFound', 404],
    ['internal', 'Internal', 500],
    // What builds on the library may have codes of its own.
    ['key_of_another_house', 'KeyOfAnotherHouse', 500],
    ['toString', 'ToString', 500],
  ])('of the code %s is called %s and has the status %i', (code, name, status) => {
    const error = new ConjurError(code, 'It went wrong.');
    expect([error.name, error.status, `${error}`]).toEqual([name, status, `${name}: It went wrong.`]);
  });

  it('has another status where one is given', () => {
    expect(new ConjurError('internal', '', { status: 507 }).status).toBe(507);
  });

  it('hides its cause from loggers; its name and cause can be set, as those of any error', () => {
    const error = new ConjurError('internal', 'It went wrong.', { cause: 'the cause', retryAfterSeconds: 3 });
    expect(Object.keys(error)).toEqual(['code', 'status']);
    expect([error.cause, error.retryAfterSeconds]).toEqual(['the cause', 3]);
    for (const [key, value] of Object.entries({ name: 'Renamed', cause: 'another', retryAfterSeconds: 4 })) {
      Object.defineProperty(error, key, { value });
      expect(Reflect.get(error, key)).toBe(value);
    }
  });

  it('is told from others by its code', () => {
    const error = new ConjurError('forbidden', '');
    expect([ConjurError.is(error), ConjurError.is(error, 'forbidden')]).toEqual([true, true]);
    expect([isConjurError(error, 'internal'), isConjurError(new Error('forbidden'))]).toEqual([false, false]);
  });
});

it('a code is one of the list, and nothing that every object has', () => {
  expect(Object.keys(ERROR_STATUS).every(isErrorCode)).toBe(true);
  expect(['toString', '', 7, undefined, ['internal']].some(isErrorCode)).toBe(false);
});

it('what failed with one name says something about the others, unless it is about that name', () => {
  const codes = Object.keys(ERROR_STATUS).filter(isErrorCode);
  expect(codes.filter((code) => isAboutOneName(new ConjurError(code, '')))).toEqual([
    ...['invalid_request', 'forbidden', 'secret_not_found', 'unprocessable', 'upstream_error'],
  ]);
  expect(isAboutOneName(Object.assign(new Error('x'), { code: 'forbidden' }))).toBe(false);
});
