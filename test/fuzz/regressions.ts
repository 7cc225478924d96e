import { CREDENTIAL_ID, PENDING_TOKEN } from './arbitraries/foreign-events.ts';
import type { FuzzedEvent } from './arbitraries/fuzzed-event.ts';

export interface Regression {
  readonly what: string;
  readonly to: FuzzedEvent['to'];
  readonly event: unknown;
  readonly code: string;
  /** Milliseconds that the invocation has left. Default 10 seconds. */
  readonly remainingMs?: number;
}

const get = (path: string, rawQueryString = '') => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString,
  headers: {},
  requestContext: { http: { method: 'GET' } },
});

/** Events that once broke something, and what they must be answered with. */
export const REGRESSIONS: readonly Regression[] = [
  {
    what: 'a version that no Conjur can count to, of which its database would make a 500',
    to: 'read-secret',
    event: get('/secrets/app/db/user', 'version=999999999999999'),
    code: 'invalid_request',
  },
  {
    what: 'a query value that cannot be made a text',
    to: 'read-secret',
    event: {
      httpMethod: 'GET',
      path: '/secrets',
      requestContext: {},
      multiValueQueryStringParameters: { limit: [{ toString: 1 }] },
    },
    code: 'invalid_request',
  },
  {
    what: 'a search that is too long for a request line',
    to: 'read-secret',
    event: { list: { search: 'x'.repeat(70_000) } },
    code: 'invalid_request',
  },
  {
    what: 'a call without any time left, in which the answer was cut off as internal',
    to: 'rotate-key',
    event: { Step: 'createSecret', SecretId: CREDENTIAL_ID, ClientRequestToken: PENDING_TOKEN },
    remainingMs: -5,
    code: 'deadline_exceeded',
  },
  {
    what: 'the same in a direct call',
    to: 'read-secret',
    event: { name: 'app/db/user', version: 2 ** 31 },
    code: 'invalid_request',
  },
];
