import * as v from 'valibot';
import { fieldsOf } from '../../shared/fields-of.ts';

/** A daily schedule asks how old the credential is, so that a rotation that does not happen is seen too. */
export const keyAgeSchema = v.strictObject({
  key_age: v.strictObject({
    /** Name or ARN of the credential in Secrets Manager. Default: `CYBERARK_API_KEY_SECRET_ID`, the function's own. */
    secret_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(2_048))),
  }),
});

/** True for a call that names `key_age`; its contents are for the schema to check. */
export function isKeyAgeCall(payload: unknown): boolean {
  return 'key_age' in fieldsOf(payload);
}
