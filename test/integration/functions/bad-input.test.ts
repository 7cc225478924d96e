import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { findFreePort } from '../../../infra/local/stack/find-free-port.ts';
import { loadBundle } from '../../support/load-bundle.ts';

let conjur: LocalConjur;
let changes: string[] = [];

beforeAll(async () => {
  conjur = await createLocalConjur({
    onRequest: ({ method, path }) => {
      if (method !== 'GET' && !path.endsWith('/authenticate')) changes.push(`${method} ${path}`);
    },
  });
});

afterAll(async () => {
  await conjur?.close();
});

const working = (): Record<string, string> => ({ CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });

interface Fault {
  readonly what: string;
  readonly environment: () => Record<string, string> | Promise<Record<string, string>>;
  readonly method?: string;
  readonly name?: string;
  readonly body?: string;
  /** The same fault as a direct call; default: a call that names the secret. */
  readonly direct?: unknown;
  readonly status: number;
  readonly code: string;
  /** What the message must tell its reader to look at. */
  readonly advice: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'an empty name',
    environment: working,
    name: '',
    status: 400,
    code: 'invalid_request',
    advice: /such as app\/db\/password/,
  },
  {
    what: 'a body that is no JSON',
    environment: working,
    method: 'PUT',
    body: '{"value',
    direct: '{"name":"x"',
    status: 400,
    code: 'invalid_request',
    advice: /Send JSON such as|must be an object with "name"/,
  },
  {
    what: 'an unknown variable',
    environment: working,
    name: 'ghost',
    status: 404,
    code: 'secret_not_found',
    advice: /Check the name, write a value/,
  },
  {
    what: 'a wrong api key',
    environment: () => ({ ...working(), CYBERARK_API_KEY: 'wrong' }),
    status: 502,
    code: 'authentication_failed',
    advice: /CYBERARK_API_KEY/,
  },
  {
    what: 'a Conjur that is down',
    environment: async () => ({
      ...working(),
      CYBERARK_API_BASE: `http://127.0.0.1:${await findFreePort()}`,
      CYBERARK_MAX_ATTEMPTS: '2',
    }),
    status: 503,
    code: 'upstream_unavailable',
    advice: /Check CYBERARK_API_BASE/,
  },
  {
    what: 'a missing setting',
    environment: () => ({ CYBERARK_API_BASE: conjur.url }),
    status: 500,
    code: 'config_invalid',
    advice: /CYBERARK_API_KEY is missing/,
  },
  {
    what: 'two bad settings at once',
    environment: () => ({ ...working(), CYBERARK_TIMEOUT_MS: 'soon', CYBERARK_ACCESS_MODE: 'all' }),
    status: 500,
    code: 'config_invalid',
    advice: /CYBERARK_TIMEOUT_MS must be.*CYBERARK_ACCESS_MODE must be/,
  },
];

describe.each(FAULTS)('$what', (fault) => {
  const name = fault.name ?? 'x';
  const method = fault.method ?? 'GET';
  const bundle = method === 'PUT' ? 'write-secret' : 'read-secret';

  it('is a problem with its code over HTTP, and leaves nothing half done', async () => {
    changes = [];
    const { handler } = await loadBundle(bundle, await fault.environment());
    const reply = (await handler({
      version: '2.0',
      routeKey: `${method} /secrets/{name+}`,
      rawPath: `/secrets/${name}`,
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      requestContext: { http: { method } },
      pathParameters: { name },
      isBase64Encoded: false,
      ...(fault.body === undefined ? {} : { body: fault.body }),
    })) as { statusCode: number; headers: Record<string, string>; body: string };
    expect(reply.statusCode).toBe(fault.status);
    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    const problem = JSON.parse(reply.body) as { code: string; detail: string };
    expect(problem.code).toBe(fault.code);
    expect(problem.detail).toMatch(fault.advice);
    expect(reply.body).not.toContain(conjur.adminApiKey);
    expect(changes).toEqual([]);
  });

  it('is a thrown error with its name in a direct invocation', async () => {
    const { handler } = await loadBundle(bundle, await fault.environment());
    const thrown = await handler(fault.direct ?? { name }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: fault.code, message: expect.stringMatching(fault.advice) });
    expect((thrown as Error).name.toLowerCase()).toBe(fault.code.replaceAll('_', ''));
  });
});
