import { ConjurError } from '../errors/conjur-error.ts';
import type { ConjurRequest, ConjurResponse } from '../transport/conjur-request.ts';

/**
 * The error for an answer that is the same to every operation. What a 403, 404, 409 or 422 means depends on the operation, which
 * looks at those first.
 */
export function toConjurError(request: ConjurRequest, response: ConjurResponse): ConjurError {
  const { status } = response;
  const { doing } = request;
  if (status === 401) {
    return new ConjurError(
      'authentication_failed',
      `Conjur refused a fresh session token (401) while ${doing}. Check that CYBERARK_ACCOUNT is the account of this Conjur, and that its clock and its followers' agree.`,
    );
  }
  if (status === 403)
    return new ConjurError('forbidden', `Conjur forbids this identity ${doing}. Have the privilege granted by policy.`);
  if (status === 413)
    return new ConjurError(
      'payload_too_large',
      `Conjur, or a server in front of it, refused the size of the request while ${doing}.`,
    );
  if (status === 409) return policyConflict(doing, response);
  if (status === 422)
    return new ConjurError(
      'unprocessable',
      `Conjur could not process the request (422) while ${doing}.${describe(response)}`,
    );
  if (status >= 300 && status < 400) {
    return new ConjurError(
      'upstream_error',
      `A redirect (${status}) came while ${doing}, and is not followed, since it could lead the token astray. Set CYBERARK_API_BASE to the address that it leads to; often that is https instead of http.`,
    );
  }
  if (UNAVAILABLE.has(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `Conjur answered ${status} while ${doing}, again and again. Check Conjur's health and try again.`,
      {
        retryAfterSeconds: retryAfterSeconds(response),
      },
    );
  }
  return new ConjurError(
    'upstream_error',
    `Conjur answered ${status} while ${doing}, which it should not. Look into Conjur's own log.`,
  );
}

const UNAVAILABLE = new Set([429, 502, 503, 504]);

function policyConflict(doing: string, response: ConjurResponse): ConjurError {
  return new ConjurError(
    'policy_conflict',
    `Another policy load held Conjur's lock all the time while ${doing}. Nothing was changed by this call; try again.`,
    {
      retryAfterSeconds: retryAfterSeconds(response),
    },
  );
}

function retryAfterSeconds({ headers }: ConjurResponse): number | undefined {
  const header = headers['retry-after'];
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

/** Only the code that Conjur names: its message may quote the request. */
function describe({ body }: ConjurResponse): string {
  const code = errorCodeOf(body);
  return code === undefined ? '' : ` It says: ${code}.`;
}

function errorCodeOf(body: Buffer): string | undefined {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown } };
    return typeof error?.code === 'string' && /^[a-z_]{1,40}$/.test(error.code) ? error.code : undefined;
  } catch {
    // Not JSON: then there is nothing that could be told from it.
    return undefined;
  }
}

/** Conjur answers 404 alike for what is not there, what has no value and what this identity may not see. */
export function secretNotFound(name: string, version?: number): ConjurError {
  const what = version === undefined ? `The secret "${name}"` : `Version ${version} of the secret "${name}"`;
  return new ConjurError(
    'secret_not_found',
    `${what} does not exist, has no value, or may not be seen by this identity. Check the name, write a value, or have \`read\` and \`execute\` granted on the variable.`,
  );
}
