import { describe, expect, it } from 'vitest';
import { createStaticCredential, parseCredential } from '../../../../lib/auth/credential.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../fake-clock.ts';

const parse = (content: string) => parseCredential(Secret.of(content), 'host/of/settings', 'conjur/key', 'the option');

describe('the content of a credential', () => {
  it.each([
    ['a bare key', 'key', 'host/of/settings', 'key'],
    ['a bare key on a line of its own', ' key\n', 'host/of/settings', 'key'],
    ['a key that ends like JSON', 'key{', 'host/of/settings', 'key{'],
    ['a key without a user', '{"api_key":"key"}', 'host/of/settings', 'key'],
    ['both, between white space', ' {"username":" host/a ","api_key":" key "} ', 'host/a', 'key'],
  ])('is %s', (_, content, login, apiKey) => {
    const parsed = parse(content);
    expect([parsed.login, parsed.apiKey.expose()]).toEqual([login, apiKey]);
  });

  it.each([
    [' \n', 'is empty'],
    ['sesame open', 'is neither a bare api key nor a JSON object'],
    ['"sesame"', 'is neither a bare api key nor a JSON object'],
    ['["sesame"]', 'is neither a bare api key nor a JSON object'],
    ['{sesame}', 'begins like JSON and is none'],
    ['{"username":"sesame"}', 'has no "api_key"'],
    ['{"username":"sesame","api_key":1}', 'has no "api_key"'],
    ['{"username":"sesame","api_key":" "}', 'has no "api_key"'],
    ['{"username":1,"api_key":"sesame"}', 'has a "username" that is no text'],
    ['{"username":" ","api_key":"sesame"}', 'has a "username" that is no text'],
  ])('is refused where it is %j, without being quoted', (content, problem) => {
    let error: unknown;
    try {
      parse(content);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(` (the option) ${problem}. `),
    });
    expect((error as Error).message).not.toContain('sesame');
    expect((error as Error).cause).toBeUndefined();
  });
});

it('a credential of the settings is tried once, and takes the place of itself where it is rotated', async () => {
  const credential = { login: 'admin', apiKey: Secret.of('old') };
  const source = createStaticCredential(credential, 'the option');
  const deadline = new Deadline(new FakeClock(), 1_000);
  expect(await source.get(0, deadline)).toBe(credential);
  expect(await source.get(1, deadline)).toBeUndefined();
  const newer = { login: 'admin', apiKey: Secret.of('new') };
  source.replace(newer);
  expect(await source.get(0, deadline)).toBe(newer);
});
