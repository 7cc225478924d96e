import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { answers } from '../../../infra/openapi/answer-schemas.ts';
import { serveBundles } from '../../support/serve-bundles.ts';
import type { LoopbackServer } from '../../support/serve-on-loopback.ts';

let conjur: LocalConjur;
let api: LoopbackServer;

beforeAll(async () => {
  conjur = await createLocalConjur();
  api = await serveBundles({
    CYBERARK_API_BASE: conjur.url,
    CYBERARK_API_KEY: conjur.adminApiKey,
    CYBERARK_ALLOW_DELETE: 'true',
    CYBERARK_STORE_VIRTUAL_KEYS: 'true',
  });
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await conjur.close();
});

const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const renaming = {
  name: 'app/one',
  strategy: 'supplied',
  new_value: 'z',
  new_name: 'app/three',
  return_value: true,
};
const virtualKey = { key: 'sk-1', key_alias: 'team-a', token_id: 't1' };

describe('the answers of the functions fit the document', () => {
  // In this order: a secret is written, read, rotated and deleted.
  it.each<[string, string, RequestInit | undefined, number, keyof typeof answers]>([
    ['PUT', '/secrets/app/one', json({ value: 'x' }), 201, 'Written'],
    ['PUT', '/secrets/app/one', json({ value: 'y' }), 200, 'Written'],
    [
      'POST',
      '/secrets',
      json({
        secrets: [
          { name: 'app/two', value: 'x' },
          { name: '', value: 'x' },
        ],
      }),
      200,
      'WrittenMany',
    ],
    ['POST', '/virtual-keys', json(virtualKey), 201, 'Written'],
    ['GET', '/secrets/app%2Fone', undefined, 200, 'Secret'],
    ['GET', '/secrets?name=app/one&name=app/nothing', undefined, 200, 'Secrets'],
    ['GET', '/secrets?limit=1', undefined, 200, 'SecretList'],
    ['GET', '/health', undefined, 200, 'Health'],
    ['POST', '/rotations', json({ name: 'app/one', strategy: 'random' }), 200, 'Rotated'],
    ['POST', '/rotations', json(renaming), 200, 'Rotated'],
    ['DELETE', '/secrets/app/two', undefined, 200, 'Deleted'],
    ['DELETE', '/secrets/app/two', undefined, 200, 'Deleted'],
    ['GET', '/secrets/app/two', undefined, 404, 'Problem'],
    ['POST', '/rotations', json({ name: 'app/one', strategy: 'none' }), 400, 'Problem'],
  ])('%s %s', async (method, path, init, status, schema) => {
    const response = await fetch(api.url + path, { method, ...init });
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(status);
    const { issues = [] } = v.safeParse(answers[schema], body);
    expect(issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toEqual([]);
  });
});
