import { afterEach, expect, it } from 'vitest';
import { createConnectAs } from '../../../functions/rotate-key/create-deps.ts';
import { createContainer } from '../../../functions/runtime/container.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { Secret } from '../../../lib/secret.ts';

let conjur: LocalConjur | undefined;
afterEach(async () => {
  await conjur?.close();
  conjur = undefined;
});

it('what a rotation sends as another host is in the numbers of its line', async () => {
  conjur = await createLocalConjur();
  const startup = createContainer({ CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });
  if (!('container' in startup)) throw startup.fault;
  const { container } = startup;
  container.takeAttempts();
  const other = createConnectAs(container)({ login: 'admin', apiKey: Secret.of(conjur.adminApiKey) }, 'a test');
  await other.whoami();
  await other.close();
  await container.conjur.close();
  expect(container.takeAttempts().map(({ action }) => action)).toHaveLength(2);
});
