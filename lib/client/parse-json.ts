import { ConjurError } from '../errors/conjur-error.ts';
import type { ConjurRequest, ConjurResponse } from '../transport/conjur-request.ts';

/** @throws ConjurError `upstream_error` where a successful answer is not JSON: a page of a proxy, say */
export function parseJson(request: ConjurRequest, response: ConjurResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8'));
  } catch {
    // The parser's message quotes the body, which may be a secret.
    throw unreadable(request);
  }
}

export function parseJsonObject(request: ConjurRequest, response: ConjurResponse): Record<string, unknown> {
  const value = parseJson(request, response);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(request);
  return value as Record<string, unknown>;
}

export function unreadable(request: ConjurRequest): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The answer while ${request.doing} is not one of Conjur's. Check that CYBERARK_API_BASE is a Conjur server, with the path that stands in front of its API.`,
  );
}
