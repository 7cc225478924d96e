import { expect, it } from 'vitest';
import { createConjurClient } from '../../../../lib/client.ts';
import { fromEnv } from '../../../../lib/env.ts';
import { Secret } from '../../../../lib/secret.ts';
import { createExchangeDispatcher, EMPTY_ANSWER } from '../../../integration/rotation/support/exchange.ts';
import { accessTokenText } from '../access-token-text.ts';

/** Paths of the requests that had a connection of their own. */
async function freshPathsOf(
  call: (client: ReturnType<typeof createConjurClient>) => Promise<unknown>,
): Promise<string[]> {
  const fresh: string[] = [];
  const dispatcher = createExchangeDispatcher(async ({ path, reset }) => {
    if (reset === true) fresh.push(path);
    const body = path.endsWith('/authenticate') ? accessTokenText() : 'key-of-base32-letters-0123';
    return { ...EMPTY_ANSWER, status: 200, body: Buffer.from(body) };
  });
  const options = fromEnv({ CYBERARK_API_BASE: 'http://127.0.0.1:1', CYBERARK_API_KEY: 'key' }, { readFile: () => '' });
  await call(createConjurClient(options, { dispatcher })).catch(() => undefined);
  return fresh;
}

it.each([
  ['the rotation of one’s own key', '/authn/default/api_key', (conjur) => conjur.rotateApiKey()],
  ['that of another one', '/authn/default/api_key?role=host%3Aa', (conjur) => conjur.rotateApiKeyOf('host:a')],
  ['a host by a factory', '/host_factories/hosts', (conjur) => conjur.createHost(Secret.of('token'), 'a')],
] as [string, string, Parameters<typeof freshPathsOf>[0]][])(
  '%s, whose answer is the only copy of a key, has a connection of its own',
  async (_, path, call) => {
    expect(await freshPathsOf(call)).toEqual([path]);
  },
);

it('a read has none', async () => {
  expect(await freshPathsOf((conjur) => conjur.readSecret('a'))).toEqual([]);
});
