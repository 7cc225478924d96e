import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { loadBundle } from '../../support/load-bundle.ts';

let conjur: LocalConjur;
let logins = 0;

beforeAll(async () => {
  conjur = await createLocalConjur({
    onRequest: ({ path }) => {
      if (path.endsWith('/authenticate')) logins += 1;
    },
  });
});

afterAll(() => conjur.close());

it.each(['read-secret', 'write-secret', 'rotate-key'])('%s has logged in before its first call comes', async (name) => {
  logins = 0;
  await loadBundle(name, { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });
  expect(logins).toBe(1);
});
