import { describe, expect, it } from 'vitest';
import { createInvocationLog, parseApiRequestId, parseCaller } from '../../../../functions/runtime/invocation-log.ts';
import { createLogger } from '../../../../functions/runtime/log.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';

const http = (requestContext: object, headers: object = {}) => ({
  requestContext: { http: { method: 'GET', path: '/secrets/a' }, requestId: 'of-the-api', ...requestContext },
  headers,
});
const ARN = 'arn:aws:sts::111122223333:assumed-role/app/session';

describe('the caller', () => {
  it.each([
    ['of an HTTP API with IAM, and of a function URL', http({ authorizer: { iam: { userArn: ARN } } }), ARN],
    ['of an HTTP API with JWT', http({ authorizer: { jwt: { claims: { sub: 'team-a' } } } }), 'team-a'],
    [
      'of a token of a machine, which has no subject',
      http({ authorizer: { jwt: { claims: { client_id: 'app' } } } }),
      'app',
    ],
    ['of an HTTP API with a Lambda authorizer', http({ authorizer: { lambda: { principalId: 'team-b' } } }), 'team-b'],
    ['of a REST API with IAM', http({ identity: { userArn: ARN } }), ARN],
    ['of a REST API with Cognito', http({ authorizer: { claims: { sub: 'team-c' } } }), 'team-c'],
    ['of a REST API with a Lambda authorizer', http({ authorizer: { principalId: 'team-d' } }), 'team-d'],
    ['of a token of a machine in payload 1.0', http({ authorizer: { claims: { client_id: 'app' } } }), 'app'],
    ['of a Lambda authorizer that says a subject', http({ authorizer: { lambda: { sub: 'team-e' } } }), 'team-e'],
    ['of a REST API whose Lambda authorizer says a subject', http({ authorizer: { sub: 'team-f' } }), 'team-f'],
    [
      'is the subject before the client',
      http({ authorizer: { jwt: { claims: { sub: 'a', client_id: 'b' } }, claims: { sub: 'c' } } }),
      'a',
    ],
    ['is not what is empty', http({ authorizer: { jwt: { claims: { sub: '', client_id: 'b' } } } }), 'b'],
    ['is nobody where no authorizer says who it is', http({}), undefined],
    ['is not what a header says', http({}, { authorization: 'Bearer x', 'x-caller': 'me' }), undefined],
    ['is not what is no text', http({ authorizer: { jwt: { claims: { sub: { a: 1 } } } } }), undefined],
    [
      'of a direct invocation is not in its event',
      { name: 'a', requestContext: { authorizer: { sub: 'me' } } },
      undefined,
    ],
  ])('%s', (_, event, caller) => {
    expect(parseCaller(event)).toBe(caller);
  });
});

describe('Audit', () => {
  /** The line of an invocation. */
  function lineOf(event: unknown): Record<string, unknown> {
    const lines: string[] = [];
    const fault = new ConjurError('config_invalid', 'No settings.');
    const logger = createLogger((line) => lines.push(line), systemClock.now);
    const log = createInvocationLog('read-secret', { fault, clock: systemClock, logger });
    log.end(log.begin(event, { awsRequestId: 'of-lambda' }), fault);
    return JSON.parse(lines[0] ?? '{}');
  }

  it("a caller's x-correlation-id replaces no id of the request's own in the log", () => {
    const event = http({ authorizer: { iam: { userArn: ARN } } }, { 'x-correlation-id': 'chosen' });
    expect(lineOf(event)).toMatchObject({
      function_request_id: 'of-lambda',
      apiRequestId: 'of-the-api',
      correlationId: 'chosen',
      caller: ARN,
    });
  });

  it('a caller cannot set the id of the API, nor break the line by what it is called', () => {
    const event = http(
      { authorizer: { jwt: { claims: { sub: `a"\n${'x'.repeat(1_000)}` } } } },
      { requestid: 'chosen' },
    );
    const { apiRequestId, caller } = lineOf(event);
    expect(apiRequestId).toBe('of-the-api');
    expect(caller).toHaveLength(512);
    expect(parseApiRequestId({ name: 'a', requestContext: { requestId: 'chosen' } })).toBeUndefined();
  });
});
