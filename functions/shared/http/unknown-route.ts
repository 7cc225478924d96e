import { ConjurError } from '../../../lib/errors/conjur-error.ts';
import type { HttpCall } from './http-call.ts';

/** API Gateway routes only what a function serves; a function URL sends it everything. */
export function unknownRoute(call: HttpCall, served: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `${call.method} of this path is not served by this function. It serves ${served}.`,
  );
}
