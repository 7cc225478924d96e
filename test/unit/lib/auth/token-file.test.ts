import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_FILE_REFRESH_MS } from '../../../../lib/auth/token-file.ts';
import { accessTokenText } from '../access-token-text.ts';
import { mockConjur } from '../mock-conjur.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'token-file-'));
  path = join(directory, 'token');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const authorizationOf = (text: string): string => `Token token="${Buffer.from(text).toString('base64')}"`;

function connect(status = () => 200) {
  const environment = { CYBERARK_API_KEY: '', CONJUR_AUTHN_TOKEN_FILE: path };
  const mock = mockConjur(() => ({ status: status(), body: 'value' }), environment);
  const nowSeconds = Math.floor(mock.clock.now() / 1000);
  const write = (life: number, login: string): string => {
    const text = accessTokenText(
      life,
      nowSeconds + Math.floor((mock.clock.now() / 1000 - nowSeconds) as number),
      login,
    );
    writeFileSync(path, `${text}\n`);
    return text;
  };
  return { ...mock, write };
}

describe('a token file', () => {
  it('gives the token that is sent; nobody logs in', async () => {
    const { conjur, seen, authentications, write } = connect();
    const token = write(480, 'host/one');
    await conjur.readSecret('a');
    expect(seen[0]?.headers.authorization).toBe(authorizationOf(token));
    expect(authentications).toEqual([]);
  });

  it('is read again beside a request soon after it has changed', async () => {
    const { conjur, seen, clock, write } = connect();
    write(480, 'host/one');
    await conjur.readSecret('a');
    const second = write(480, 'host/two');
    await clock.sleep(TOKEN_FILE_REFRESH_MS);
    await conjur.readSecret('a');
    await conjur.idle();
    await conjur.readSecret('a');
    expect(seen.at(-1)?.headers.authorization).toBe(authorizationOf(second));
  });

  it('is read again at once where its token is refused', async () => {
    let refused = 0;
    const { conjur, seen, write } = connect(() => {
      refused += 1;
      if (refused === 1) write(480, 'host/two');
      return refused === 1 ? 401 : 200;
    });
    write(480, 'host/one');
    await conjur.readSecret('a');
    expect(seen.length).toBe(2);
    expect(seen[0]?.headers.authorization).not.toBe(seen[1]?.headers.authorization);
  });

  it.each<[string, (write: (life: number, login: string) => string, sleep: (ms: number) => Promise<void>) => unknown]>([
    ['that is missing', () => undefined],
    [
      'whose token has expired',
      async (write, sleep) => {
        write(60, 'host/one');
        await sleep(60_000);
      },
    ],
  ])('%s is said by name', async (_, prepare) => {
    const { conjur, clock, write } = connect();
    await prepare(write, (ms) => clock.sleep(ms));
    await expect(conjur.whoami()).rejects.toMatchObject({
      code: 'authentication_failed',
      message: expect.stringContaining(`${path} (CONJUR_AUTHN_TOKEN_FILE)`),
    });
  });

  it('that holds something else is refused, and not quoted', async () => {
    writeFileSync(path, 'sesame');
    const { conjur } = connect();
    const error: unknown = await conjur.whoami().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'upstream_error', message: expect.stringContaining(path) });
    expect((error as Error).message).not.toContain('sesame');
  });
});
