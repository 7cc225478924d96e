import * as v from 'valibot';
import { isConjurError } from '../../lib/errors/conjur-error.ts';
import { parseVariableName } from '../../lib/names/parse-variable-name.ts';

/** The id of a Conjur variable, with the reason where it is none. */
export const variableName = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      parseVariableName(dataset.value);
    } catch (error) {
      if (!isConjurError(error)) throw error;
      addIssue({ message: error.message, expected: 'the id of a Conjur variable, such as app/db/password' });
    }
  }),
);

/** Conjur counts versions from 1, in a database column of 32 bits: it answers 500 to a number that does not fit. */
export const versionNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2_147_483_647));

export const encoding = v.picklist(['utf-8', 'base64']);
