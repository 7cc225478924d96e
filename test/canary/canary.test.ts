import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Container } from '../../functions/runtime/container.ts';
import { createContainer } from '../../functions/runtime/container.ts';
import { createFunction } from '../../functions/runtime/create-function.ts';
import { isHttpEvent } from '../../functions/runtime/http.ts';
import { createEmf, createLogger } from '../../functions/runtime/log.ts';
import { createConjurClient } from '../../lib/client.ts';
import { systemClock } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
import { type FunctionName, functionsOf } from '../faults/table/functions-of.ts';
import { settingsFor } from '../support/settings.ts';
import { CANARY_CALLS } from './calls.ts';
import { CANARIES, CANARY_NAMES, canaryToken } from './canaries.ts';
import { type CapturedOutput, captureOutput } from './capture-output.ts';
import { type EchoServer, startEchoServer } from './echo-server.ts';
import { findLeaks, type Leak } from './find-leaks.ts';
import { secretForms } from './secret-forms.ts';
import { toEvidence } from './to-evidence.ts';

const STATUSES = [200, 201, 204, 302, 400, 401, 403, 404, 405, 406, 409, 413, 422, 429, 500, 502, 503];

let echo: EchoServer;
let output: CapturedOutput;

beforeAll(async () => {
  echo = await startEchoServer(canaryToken(Date.now()));
});
afterAll(() => echo?.close());

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', echo.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CANARIES.awsSecretKey);
  vi.stubEnv('AWS_SESSION_TOKEN', CANARIES.awsSessionToken);
  output = captureOutput();
});
afterEach(() => {
  output.release();
  vi.unstubAllEnvs();
});

function createCanaryContainer(): Container {
  const settings = settingsFor(
    { url: echo.url, adminApiKey: CANARIES.apiKey },
    {
      CYBERARK_MAX_ATTEMPTS: '1',
      CYBERARK_ALLOW_DELETE: 'true',
      CYBERARK_STORE_VIRTUAL_KEYS: 'true',
      LITELLM_API_BASE: echo.url,
      LITELLM_MASTER_KEY: CANARIES.masterKey,
    },
  );
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), systemClock.now);
  const conjur = createConjurClient(settings, { logger });
  return {
    settings,
    conjur,
    clock: systemClock,
    logger,
    observed: {},
    countAttempts: () => 0,
    takeAttempts: () => [],
    takeHeldBack: () => [],
    takeRefreshFailure: () => undefined,
  };
}

/** What a caller sees of a failure, and of a success that which is not the answer itself. */
function visibleOf(event: unknown, answer: unknown): unknown {
  if (!isHttpEvent(event)) return (answer as { errors?: unknown } | null)?.errors;
  const { statusCode, headers, body } = answer as { statusCode: number; headers: unknown; body: string };
  return statusCode < 300 ? [headers, (JSON.parse(body) as { errors?: unknown }).errors] : [headers, body];
}

type Functions = ReturnType<typeof functionsOf>;

async function evidenceOf(functions: Functions, to: FunctionName, event: unknown): Promise<string> {
  try {
    return toEvidence(visibleOf(event, await functions[to](event, {} as never)));
  } catch (error) {
    return toEvidence(error);
  }
}

async function runCalls(authenticationToo: boolean): Promise<{ calls: number; leaks: Leak[] }> {
  const texts = new Map<string, string>();
  for (const status of STATUSES) {
    echo.answerWith(status, authenticationToo);
    const container = createCanaryContainer();
    const functions = functionsOf(container);
    for (const [index, { to, event }] of CANARY_CALLS.entries()) {
      texts.set(
        `${status}, call ${index} of ${to}: ${inspect(event, { depth: 0 })}`,
        await evidenceOf(functions, to, event),
      );
    }
    texts.set(`${status}, the container`, toEvidence([container.settings, container.conjur]));
    await container.conjur.close();
  }
  texts.set('the output', output.text());
  return { calls: texts.size, leaks: findLeaks(CANARY_NAMES, texts) };
}

describe('a server that repeats every secret it is sent', () => {
  it.each([
    ['to whoever is logged in', false],
    ['to whoever tries to log in', true],
  ])(
    '%s: nothing of it is printed, thrown, logged or answered',
    async (_, authenticationToo) => {
      const { calls, leaks } = await runCalls(authenticationToo);
      output.release();
      process.stdout.write(
        `\ncanary: ${calls} answers, errors and logs searched for ${CANARY_NAMES.size} secrets in ${secretForms(CANARIES.value).length} forms each, ${leaks.length} finds\n`,
      );
      expect(leaks).toEqual([]);
      expect(output.text()).toContain('"level":"ERROR"');
    },
    60_000,
  );
});

describe('settings that are wrong', () => {
  const wrong: Record<string, string>[] = [
    { CYBERARK_API_KEY: CANARIES.apiKey, CYBERARK_API_BASE: `https://user:${CANARIES.value}@host` },
    { CYBERARK_API_KEY: CANARIES.apiKey, CYBERARK_CLIENT_CERT: CANARIES.value, CYBERARK_CLIENT_KEY: CANARIES.newValue },
    { CYBERARK_AUTHN_JWT: CANARIES.jwt },
    { CYBERARK_API_KEY: CANARIES.apiKey, CYBERARK_TIMEOUT_MS: CANARIES.value, CYBERARK_AUTHN: CANARIES.jwt },
    { CYBERARK_API_KEY: CANARIES.apiKey, LITELLM_API_BASE: CANARIES.masterKey, LITELLM_MASTER_KEY: CANARIES.masterKey },
    { CYBERARK_API_KEY: CANARIES.apiKey, CYBERARK_ACCESS_MODE: CANARIES.value, CYBERARK_SSL_VERIFY: CANARIES.value },
    {
      CYBERARK_API_KEY: CANARIES.apiKey,
      CYBERARK_POLICY_BRANCH: `${CANARIES.value}//`,
      CYBERARK_GRANT_READ: CANARIES.value,
    },
  ];

  it.each(wrong.map((environment) => [Object.keys(environment).join(', '), environment] as const))(
    '%s: no value is told',
    (_, environment) => {
      const source = createContainer(environment);
      expect('fault' in source && source.fault.code).toBe('config_invalid');
      const texts = new Map([
        ['the fault', toEvidence(source)],
        ['the output', output.text()],
      ]);
      expect(findLeaks(CANARY_NAMES, texts)).toEqual([]);
    },
  );

  it('a client key that is none, though it looks like a PEM, is told by no error', () => {
    const pem = (label: string) =>
      `-----BEGIN ${label}-----\n${Buffer.from(CANARIES.value).toString('base64')}\n-----END ${label}-----\n`;
    const more = {
      CYBERARK_CLIENT_CERT: pem('CERTIFICATE'),
      CYBERARK_CLIENT_KEY: pem('PRIVATE KEY'),
      CYBERARK_AUTHN: 'api-key',
      CYBERARK_MAX_ATTEMPTS: '1',
    };
    let thrown: unknown;
    try {
      settingsFor({ url: 'https://127.0.0.1:1', adminApiKey: CANARIES.apiKey }, more);
    } catch (error) {
      thrown = error;
    }
    expect(ConjurError.is(thrown, 'config_invalid')).toBe(true);
    expect(findLeaks(CANARY_NAMES, new Map([['the error', toEvidence(thrown)]]))).toEqual([]);
  });
});

describe('a leak that is planted', () => {
  const secret = CANARIES.value;
  const bytes = Buffer.from(secret);
  const plants: Record<string, () => unknown> = {
    'as it is': () => new Error(`could not write ${secret}`),
    'in base64': () => new Error(bytes.toString('base64')),
    'in base64, within a longer text': () => new Error(Buffer.from(`admin:${secret}!`).toString('base64')),
    'in base64url': () => new Error(bytes.toString('base64url')),
    'in hex': () => new Error(bytes.toString('hex')),
    'url-encoded': () => new Error(`/secrets?value=${encodeURIComponent(secret)}`),
    'as a form': () => new Error(String(new URLSearchParams({ jwt: secret }))),
    reversed: () => new Error([...secret].reverse().join('')),
    'as JSON': () => new Error(JSON.stringify({ secret })),
    'as JSON within JSON': () => new Error(JSON.stringify(JSON.stringify({ secret }))),
    'in the cause of a cause': () => new Error('a', { cause: new Error('b', { cause: new Error(secret) }) }),
    'in a hidden property': () =>
      Object.defineProperty(new Error('a'), 'request', { value: { headers: { authorization: secret } } }),
    'behind a symbol': () => Object.assign(new Error('a'), { [Symbol('body')]: [secret] }),
    'as bytes': () => Object.assign(new Error('a'), { body: bytes }),
    'in a map': () => Object.assign(new Error('a'), { headers: new Map([['x', secret]]) }),
    'in a header': () => ({ statusCode: 500, headers: { 'x-debug': secret } }),
    'in a metric': () => createEmf('ns', { name: secret })([{ name: 'Count', unit: 'Count', value: 1 }], 0),
  };

  it.each(Object.entries(plants))('%s is found', (_, plant) => {
    expect(findLeaks(CANARY_NAMES, new Map([['here', toEvidence(plant())]]))).toContainEqual({
      secret: 'value',
      place: 'here',
    });
  });

  it('in a handler that prints what it was given is found', async () => {
    const container = createCanaryContainer();
    const handler = createFunction<string, string, Container>(
      {
        name: 'planted',
        parseHttp: () => '',
        parseDirect: (payload) => JSON.stringify(payload),
        connect: (connected) => connected,
        handle: async ({ logger }, request) => {
          logger.info('got a request', { request });
          console.log(Secret.of(request).exposeBytes().toString('base64'));
          throw new ConjurError('upstream_error', `failed on ${request}`);
        },
        toReply: () => ({ statusCode: 200, headers: {}, body: '', isBase64Encoded: false }),
        toDirect: () => null,
        describe: () => ({}),
      },
      { container },
    );
    const thrown: unknown = await handler({ name: 'a/b', value: secret }, {} as never).catch((error: unknown) => error);
    const places = findLeaks(
      CANARY_NAMES,
      new Map([
        ['error', toEvidence(thrown)],
        ['output', output.text()],
      ]),
    );
    expect(places).toEqual([
      { secret: 'value', place: 'error' },
      { secret: 'value', place: 'output' },
    ]);
  });

  it('is nothing that a Secret gives away by itself', () => {
    const holder = { secret: Secret.of(secret), error: Object.assign(new Error('a'), { key: Secret.of(bytes) }) };
    expect(findLeaks(CANARY_NAMES, new Map([['here', `${toEvidence(holder)}${holder.secret}`]]))).toEqual([]);
  });
});
