import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { accessTokenText } from '../access-token-text.ts';
import { LEADER, mockConjur } from '../mock-conjur.ts';

/** Reads from a server that answers so, and says that the variable has this MIME type. */
async function readFrom(contentType: string, body: string, mimeType: string | undefined): Promise<string> {
  const annotations = mimeType === undefined ? [] : [{ name: 'conjur/mime_type', value: mimeType }];
  const { conjur } = mockConjur(({ path }) =>
    path.startsWith('/resources/')
      ? { status: 200, body: JSON.stringify({ id: 'default:variable:a', annotations }) }
      : { status: 200, headers: { 'content-type': contentType }, body },
  );
  return (await conjur.readSecret('a')).value.expose();
}

describe('an answer that is a web page', () => {
  it.each([
    ['text/html; charset=utf-8', `${'\n'.repeat(300)}<html>Sign in</html>`],
    ['application/xhtml+xml', '\ufeff<p>Sign in'],
    ['text/plain', '\ufeff<!doctype html>'],
  ])('is no value: %s with %j', async (contentType, body) => {
    await expect(readFrom(contentType, body, undefined)).rejects.toMatchObject({ code: 'upstream_error' });
    await expect(readFrom(contentType, body, 'text/css')).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('is one where the variable is of that type', async () => {
    expect(await readFrom('text/html', '\n<p>', 'text/html')).toBe('\n<p>');
  });
});

it('a media type that came twice is one text all the same', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const pool = agent.get(LEADER);
  pool.intercept({ path: /authenticate$/, method: 'POST' }).reply(200, accessTokenText());
  const headers = { 'content-type': ['text/plain', 'text/css'] };
  pool.intercept({ path: /secrets/, method: 'GET' }).reply(200, 'value', { headers });
  const { conjur } = mockConjur(() => ({ status: 500 }), {}, { dispatcher: agent });
  expect((await conjur.readSecret('a')).contentType).toBe('text/plain');
});

it.each([0, -1, 1.5, Number.NaN, 2 ** 53])(
  'a version that is no whole number from 1 is asked of nobody: %d',
  async (version) => {
    const { conjur, seen } = mockConjur(() => ({ status: 200, body: 'value' }));
    await expect(conjur.readSecret('a', { version })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(seen).toEqual([]);
  },
);
