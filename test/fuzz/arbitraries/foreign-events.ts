import fc from 'fast-check';

/** Events that AWS sends to functions, and that reach the wrong one by a slip of configuration. */
const SCHEDULE = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/rotate'],
  detail: {},
};

/** The credential that the fuzzed Secrets Manager has, and the version of it that waits for its value. */
export const CREDENTIAL_ID = 'conjur/functions';
export const PENDING_TOKEN = '6f2d1c3e-8a4b-4c5d-9e6f-0123456789ab';

export const secretsManagerStep = fc.record({
  Step: fc.constantFrom('createSecret', 'setSecret', 'testSecret', 'finishSecret', 'dropSecret'),
  SecretId: fc.constantFrom(
    CREDENTIAL_ID,
    'no/such',
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:conjur/functions-AbCdEf',
    '',
  ),
  ClientRequestToken: fc.constantFrom(PENDING_TOKEN, PENDING_TOKEN, 'short', ''),
  RotationToken: fc.constantFrom('a-rotation-token', undefined),
});

const OTHERS: readonly unknown[] = [
  SCHEDULE,
  { Records: [{ eventSource: 'aws:sqs', body: '{"name":"app/db/password"}', messageId: '1' }] },
  { Records: [{ eventSource: 'aws:s3', s3: { bucket: { name: 'b' }, object: { key: 'k' } } }] },
  { source: 'serverless-plugin-warmup' },
  { type: 'REQUEST', methodArn: 'arn:aws:execute-api:…', headers: {}, requestContext: null },
  { requestContext: {} },
  { requestContext: { http: null } },
  { requestContext: { http: {} } },
  { httpMethod: 'GET', requestContext: {}, path: null },
  {
    requestContext: { elb: { targetGroupArn: 'arn' } },
    httpMethod: 'GET',
    path: '/secrets/app',
    headers: {},
    body: '',
    isBase64Encoded: false,
  },
  null,
  undefined,
  '',
  'name',
  0,
  [],
  [{ name: 'app/db/password' }],
];

/** Schedules, steps of Secrets Manager's rotation, other services' events, and what is no event at all. */
export const foreignEvent: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...OTHERS) },
  { weight: 2, arbitrary: secretsManagerStep },
  {
    weight: 1,
    arbitrary: fc.anything({ maxDepth: 3, withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
  },
);
