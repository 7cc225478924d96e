import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FunctionErrorCode } from '../../../functions/contract/error-codes.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { toProblemExample } from '../../../infra/openapi/problem-examples.ts';
import { serveBundles } from '../../support/serve-bundles.ts';

let conjur: LocalConjur;

beforeAll(async () => {
  conjur = await createLocalConjur();
});

afterAll(() => conjur.close());

const SECRET = '/secrets/app/db/password';
const json = (body: unknown): RequestInit => ({
  method: 'PUT',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

it.each<[FunctionErrorCode, Record<string, string>, string, RequestInit | undefined]>([
  ['invalid_request', {}, SECRET, { method: 'PUT', headers: { 'content-type': 'application/json' } }],
  ['access_mode_denied', { CYBERARK_ACCESS_MODE: 'read_only' }, SECRET, json({ value: 'x' })],
  ['not_hosted', { CYBERARK_HOSTED_KEYS: 'other' }, SECRET, undefined],
  ['secret_not_found', {}, SECRET, undefined],
  ['delete_not_supported', {}, SECRET, { method: 'DELETE' }],
  ['unprocessable', {}, SECRET, json({ value: ' ' })],
  ['config_invalid', { CYBERARK_REFRESH_INTERVAL: 'often' }, SECRET, undefined],
  ['authentication_failed', { CYBERARK_API_KEY: 'wrong' }, SECRET, undefined],
  ['upstream_unavailable', { CYBERARK_API_BASE: 'http://127.0.0.1:9', CYBERARK_MAX_ATTEMPTS: '1' }, SECRET, undefined],
])('the example of %s is what the functions answer', async (code, settings, path, init) => {
  await using api = await serveBundles({
    CYBERARK_API_BASE: conjur.url,
    CYBERARK_API_KEY: conjur.adminApiKey,
    ...settings,
  });
  const response = await fetch(api.url + path, init);
  const answer = (await response.json()) as { detail: string };
  // What is wrong is told in the same words; the advice after it may be longer here or there.
  expect({ ...answer, detail: firstSentence(answer.detail) }).toEqual({
    ...toProblemExample(code),
    detail: firstSentence(String(toProblemExample(code).detail)),
  });
});

function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/s.exec(text)?.[0] ?? text;
}
