import * as v from 'valibot';
import { faultOfName } from '../../lib/names.ts';
import { FUNCTION_ERROR_STATUS, type FunctionErrorCode } from './error-codes.ts';

/** The id of a Conjur variable, with the reason where it is none. */
export const variableName = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const fault = faultOfName(dataset.value);
    if (fault === undefined) return;
    addIssue({ message: fault.message, expected: 'the id of a Conjur variable, such as app/db/password' });
  }),
);

/** A text that is stored or sent: half of a surrogate pair would arrive as U+FFFD, and be another value. */
export const text = v.pipe(
  v.string(),
  v.check(
    (value) => value.isWellFormed(),
    'well-formed unicode, without half of a surrogate pair; give bytes as base64',
  ),
);

/** Conjur counts versions from 1, in a database column of 32 bits: it answers 500 to a number that does not fit. */
export const versionNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2_147_483_647));

export const encoding = v.picklist(['utf-8', 'base64']);

/** Id or ARN of a secret in Secrets Manager. */
export const secretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2_048));

/** Every code that an answer can carry. */
export const codes = Object.keys(FUNCTION_ERROR_STATUS) as [FunctionErrorCode, ...FunctionErrorCode[]];

/** What became of one name in a call of many. */
export const namedError = v.strictObject({ name: v.string(), code: v.picklist(codes), message: v.string() });

/** Every failure over HTTP: RFC 9457, with the code as an extension member. */
export const problem = v.strictObject({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.number(),
  detail: v.pipe(v.string(), v.description('Says what to do next.')),
  code: v.picklist(codes),
});
