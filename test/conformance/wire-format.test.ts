import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import type { Answered } from '../../infra/local/conjur/http/create-app.ts';
import { createClient } from './create-client.ts';
import { loadScenarios } from './load-scenarios.ts';
import type { RecordedResponse } from './scenario.ts';
import { type Exchange, findWireFault } from './wire-format.ts';

/** A value of the form that stands in a recording for one that differs between two honest runs. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  '<api-key>': '1234567890abcdefghjk1234567890abcdefghjk',
  '<token-part>': 'YWJjZA==',
  '<base64 token>': 'YWJjZA==',
  '<time>': '2026-01-02T03:04:05.678+00:00',
  '<n>': 7,
};

function fill(value: unknown): unknown {
  if (typeof value === 'string') return SAMPLES[value] ?? value;
  if (Array.isArray(value)) return value.map(fill);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item)]));
}

function toExchange(method: string, path: string, { status, headers, body }: RecordedResponse): Exchange {
  const bytes =
    'base64' in body
      ? Buffer.from(body.base64, 'base64')
      : Buffer.from('json' in body ? JSON.stringify(fill(body.json)) : String(fill(body.text)));
  const filled = headers['retry-after'] === undefined ? headers : { ...headers, 'retry-after': '3' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the recordings' own placeholder
  return { method, target: path.replaceAll('${account}', 'default'), status, headers: filled, body: bytes };
}

const recorded = loadScenarios().flatMap(({ area, name, steps }) =>
  steps.map(({ request, response }, index) => ({
    step: `${area}: ${name}, step ${index + 1}`,
    exchange: toExchange(request.method, request.path, response),
  })),
);

it('every answer of a genuine Conjur that was recorded is of the wire format', () => {
  expect(recorded.length).toBeGreaterThan(1500);
  const faults = recorded.map(({ step, exchange }) => [step, findWireFault(exchange)]);
  expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
});

describe('an answer that no client could read is found', () => {
  const token = { protected: 'YWI=', payload: 'YWI=', signature: 'YWI=' };
  const base = { method: 'POST', target: '/authn/default/admin/authenticate', status: 200 };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const body = (value: unknown) => Buffer.from(JSON.stringify(value));
  const resource = { created_at: '2026-01-02T03:04:05+00:00', id: 'a:variable:v', owner: 'a:user:admin' };

  it.each<[string, Exchange]>([
    ['a token part without padding', { ...base, headers, body: body({ ...token, payload: 'YWI' }) }],
    ['a token with a part too few', { ...base, headers, body: body({ protected: 'YWI=', payload: 'YWI=' }) }],
    ['a token of another type', { ...base, headers: { 'content-type': 'text/html' }, body: body(token) }],
    ['text where JSON is said', { ...base, headers, body: Buffer.from('{') }],
    ['a status that the operation does not have', { ...base, status: 204, headers: {}, body: Buffer.alloc(0) }],
    ['an operation that nobody described', { ...base, target: '/nope', headers, body: body(token) }],
    [
      'a body in a refusal that has none',
      { ...base, status: 403, headers: { 'content-type': 'text/html' }, body: body({}) },
    ],
    ['a fault without its code', { ...base, status: 422, headers, body: body({ error: { message: 'x' } }) }],
    [
      'a number for a text',
      { method: 'GET', target: '/secrets?variable_ids=a', status: 200, headers, body: body({ 'a:variable:v': 1 }) },
    ],
    [
      'a resource without its annotations',
      {
        method: 'GET',
        target: '/resources/a/variable/v',
        status: 200,
        headers,
        body: body({ ...resource, permissions: [] }),
      },
    ],
    [
      'an api key that is null',
      {
        ...base,
        target: '/policies/a/policy/root',
        status: 201,
        headers,
        body: body({ version: 1, created_roles: { 'a:host:h': { id: 'a:host:h', api_key: null } } }),
      },
    ],
    [
      'a conflict that does not say when to come back',
      {
        ...base,
        target: '/policies/a/policy/root',
        status: 409,
        headers,
        body: body({ error: { code: 'policy_conflict', message: 'x' } }),
      },
    ],
  ])('%s', (_what, exchange) => {
    expect(findWireFault(exchange)).toEqual(expect.any(String));
  });
});

it('the local Conjur tells of every answer that it gives', async () => {
  const seen: string[] = [];
  const note = (message: unknown) => {
    const { method, target, reply } = message as Answered;
    seen.push(`${method} ${target} ${reply.status}`);
  };
  subscribe('conjur-local:answer', note);
  const conjur = await createLocalConjur();
  try {
    const send = createClient(conjur.url);
    for (const path of ['/', '/nope', '/whoami', '/a%', '/public_keys/default/user/x'])
      await send({ method: 'GET', path });
  } finally {
    unsubscribe('conjur-local:answer', note);
    await conjur.close();
  }
  expect(seen).toEqual([
    'GET / 200',
    'GET /nope 401',
    'GET /whoami 401',
    'GET /a% 400',
    'GET /public_keys/default/user/x 200',
  ]);
});
