import type { Context } from 'aws-lambda';
import { readSecretFunction } from '../../functions/read-secret/api.ts';
import type { Container } from '../../functions/runtime/container.ts';
import { createFunction } from '../../functions/runtime/create-function.ts';
import { createLogger } from '../../functions/runtime/log.ts';
import { parseFunctionSettings } from '../../functions/runtime/settings.ts';
import { Secret } from '../../lib/secret.ts';

/** Bytes that CloudWatch Logs counts for an event beside its text: docs of PutLogEvents. */
const EVENT_BYTES = 26;

/** What one call writes. */
export interface Line {
  /** As CloudWatch Logs counts them. */
  readonly bytes: number;
  /** Names of the metrics in it. */
  readonly metrics: readonly string[];
}

export interface LogLines {
  readonly direct: Line;
  readonly http: Line;
  readonly heartbeat: Line;
}

/** A call as it is in a deployment, in texts of the usual length. */
const SAMPLE = {
  name: 'app/db/password',
  requestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
  trace: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=0',
  context: {
    requestId: 'JKJaXmPLvHcESHA=',
    requestTime: '27/Nov/2026:12:00:00 +0000',
    routeKey: 'GET /secrets/{name+}',
    status: '200',
    responseLatency: '24',
    userArn: 'arn:aws:sts::123456789012:assumed-role/team-a-service/team-a-service-function',
    sourceIp: '203.0.113.178',
  },
} as const;

/**
 * Has read-secret answer calls, with its own handler and logger, and measures what it logs. Only Conjur is not there: of it, the line
 * holds the number and the time of the requests.
 * @param functionName its name in the account, which stands in the line
 */
export async function measureLogLines(functionName: string): Promise<LogLines> {
  const environment = { AWS_LAMBDA_FUNCTION_NAME: functionName, _X_AMZN_TRACE_ID: SAMPLE.trace };
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return {
      direct: await measure({ name: SAMPLE.name }),
      http: await measure(toHttpEvent()),
      heartbeat: await measure({ health: true }),
    };
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

async function measure(event: unknown): Promise<Line> {
  const lines: string[] = [];
  const handler = createFunction(readSecretFunction, { container: createSample((line) => lines.push(line)) });
  const context = { awsRequestId: SAMPLE.requestId, getRemainingTimeInMillis: () => 29_000 } as Context;
  // The first call of a container says so; what counts is the others.
  await handler(event, context);
  lines.length = 0;
  await handler(event, context);
  const [line, ...more] = lines;
  if (line === undefined || more.length > 0) throw new Error(`A call wrote ${lines.length} lines, and not one.`);
  const { _aws } = JSON.parse(line) as { _aws?: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } };
  return {
    bytes: Buffer.byteLength(line) + 1 + EVENT_BYTES,
    metrics: (_aws?.CloudWatchMetrics ?? []).flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
  };
}

/** A warm container whose Conjur answers at once. */
function createSample(write: (line: string) => void): Container {
  const clock = { now: () => Date.parse('2026-11-27T12:00:00.123Z'), sleep: async () => undefined };
  const { settings } = parseFunctionSettings({
    CYBERARK_API_BASE: 'https://conjur.example.com',
    CYBERARK_USERNAME: 'host/conjur-functions/read-secret',
    CYBERARK_API_KEY: 'sample',
  });
  const conjur = {
    readSecret: async (name: string) => ({ name, value: Secret.of('sample'), stale: false }),
    whoami: async () => ({ account: 'default', login: 'host/conjur-functions/read-secret' }),
    tokenAgeMs: () => 123_456,
    idle: () => undefined,
  } as unknown as Container['conjur'];
  const attempt = { method: 'GET', action: '', server: '', attempt: 1, durationMs: 17, status: 200 };
  return {
    settings,
    conjur,
    clock,
    logger: createLogger(write, clock.now),
    observed: {},
    countAttempts: () => 1,
    takeAttempts: () => [attempt],
    takeHeldBack: () => [],
    takeRefreshFailure: () => undefined,
  };
}

function toHttpEvent(): unknown {
  const { requestId, routeKey, userArn, sourceIp } = SAMPLE.context;
  const path = `/secrets/${SAMPLE.name}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { accept: '*/*' },
    requestContext: { requestId, authorizer: { iam: { userArn } }, http: { method: 'GET', path, sourceIp } },
    pathParameters: { name: SAMPLE.name },
    isBase64Encoded: false,
  };
}

/**
 * Bytes of a line of the HTTP API's access log, as CloudWatch Logs counts them.
 * @param format of the template: JSON with `$context.…` in it
 */
export function measureAccessLine(format: string): number {
  const known: Readonly<Record<string, string>> = {
    ...SAMPLE.context,
    path: `/secrets/${SAMPLE.name}`,
    'integration.requestId': SAMPLE.requestId,
    'identity.userArn': SAMPLE.context.userArn,
    'identity.sourceIp': SAMPLE.context.sourceIp,
  };
  // API Gateway writes a hyphen where there is nothing to say.
  const line = format.replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => known[name] ?? '-');
  return Buffer.byteLength(line) + EVENT_BYTES;
}
