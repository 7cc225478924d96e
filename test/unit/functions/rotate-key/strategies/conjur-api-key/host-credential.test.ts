import { describe, expect, it } from 'vitest';
import {
  haveSameFields,
  parseHostCredential,
  toContent,
  toRole,
  toTarget,
} from '../../../../../../functions/rotate-key/strategies/conjur-api-key/host-credential.ts';
import { Secret } from '../../../../../../lib/secret.ts';

const pair = { username: 'host/app/blue', api_key: 'sesame', hosts: ['host/app/blue', 'host/app/green'] };
const parse = (content: unknown) =>
  parseHostCredential(Secret.of(typeof content === 'string' ? content : JSON.stringify(content)), 'app/credential');

describe('a credential in Secrets Manager', () => {
  it('names a host, its key, and the pair that takes turns', () => {
    const credential = parse({ ...pair, canary: 'app/canary', note: 1 });
    expect(credential).toMatchObject({ login: 'host/app/blue', hosts: pair.hosts, canary: 'app/canary' });
    expect(credential.apiKey.expose()).toBe('sesame');
  });

  it('has the other host of the pair rotated, whichever is in use', () => {
    expect(toTarget(parse(pair))).toBe('host/app/green');
    expect(toTarget(parse({ ...pair, username: 'host/app/green' }))).toBe('host/app/blue');
    expect(toTarget(parse({ username: 'host/app/only', api_key: 'sesame' }))).toBe('host/app/only');
  });

  it('keeps the fields that are not its own when it gets another key', () => {
    const content = Secret.of(JSON.stringify({ ...pair, note: { mine: true } }));
    const next = toContent(content, 'host/app/green', Secret.of('new'), 'app/credential');
    expect(JSON.parse(next.expose())).toEqual({
      ...pair,
      username: 'host/app/green',
      api_key: 'new',
      note: { mine: true },
    });
  });

  it('keeps numbers of the operator’s to the last digit', () => {
    const numbers = '"note":[12345678901234567891,1.10,1e3,-0,0.1]';
    const content = (digits: string) => Secret.of(`{"username":"host/app/blue","api_key":"old",${digits}}`);
    const next = toContent(content(numbers), 'host/app/green', Secret.of('new'), 'app/credential');
    expect(next.expose()).toBe(`{"username":"host/app/green","api_key":"new",${numbers}}`);
    expect(haveSameFields(content(numbers), next)).toBe(true);
    expect(haveSameFields(content(numbers.replace('891', '892')), next)).toBe(false);
  });

  it('is a role by another spelling', () => {
    expect(toRole('host/app/host/blue')).toBe('host:app/host/blue');
    expect(toRole('no/host/blue')).toBe('no/host/blue');
  });

  it('may have white space around its key, which is none of it', () => {
    expect(parse({ ...pair, api_key: ' sesame\n' }).apiKey.expose()).toBe('sesame');
  });

  it.each([
    [{ ...pair, note: 1 }, { username: 'host/app/green', api_key: 'other', note: 1, hosts: pair.hosts }, true],
    [pair, { ...pair, note: 1 }, false],
    [pair, ['a list'], false],
    [['a list'], pair, false],
    [['a list'], ['a list'], false],
  ])('%j and %j have the same fields beside the key: %s', (one, other, expected) => {
    const [content, others] = [one, other].map((fields) => Secret.of(JSON.stringify(fields)));
    expect(haveSameFields(content as Secret, others as Secret)).toBe(expected);
  });

  it('may have a login as long as it gets in Conjur, and no longer', () => {
    const username = `host/${'a'.repeat(995)}`;
    expect(parse({ username, api_key: 'sesame' }).login).toBe(username);
    expect(() => parse({ username: `${username}a`, api_key: 'sesame' })).toThrow('names no host');
  });

  it.each([
    ['a bare key', 'sesame', 'JSON object'],
    ['a text', '"sesame"', 'JSON object'],
    ['a list', ['sesame'], 'JSON object'],
    ['null', null, 'JSON object'],
    ['broken JSON', '{"api_key":"sesame"', 'JSON object'],
    ['no user', { api_key: 'sesame' }, '"username"'],
    ['a user that is no text', { username: ['host/app/blue'], api_key: 'sesame' }, '"username"'],
    ['a user that is no host', { username: 'admin', api_key: 'sesame' }, '"username"'],
    ['a user whose name ends like a host', { username: 'no/host/blue', api_key: 'sesame' }, '"username"'],
    ['a host without a name', { username: 'host/', api_key: 'sesame' }, '"username"'],
    ['no key', { username: 'host/app/blue' }, '"api_key"'],
    ['a key that is no text', { username: 'host/app/blue', api_key: 1 }, '"api_key"'],
    ['an empty key', { username: 'host/app/blue', api_key: ' ' }, '"api_key"'],
    ['no list of hosts', { ...pair, hosts: { one: 'host/app/blue' } }, '"hosts"'],
    ['one host for a pair', { ...pair, hosts: ['host/app/blue'] }, '"hosts"'],
    ['three hosts for a pair', { ...pair, hosts: [...pair.hosts, 'host/app/red'] }, '"hosts"'],
    ['the same host twice', { ...pair, hosts: ['host/app/blue', 'host/app/blue'] }, '"hosts"'],
    ['a pair without its user', { ...pair, hosts: ['host/app/red', 'host/app/green'] }, 'not one of its "hosts"'],
    ['a pair of users', { ...pair, hosts: ['blue', 'green'] }, '"hosts"'],
    ['a pair of a user and a host', { ...pair, hosts: ['blue', 'host/app/blue'] }, 'two hosts'],
    ['a pair of a host and a user', { ...pair, hosts: ['host/app/blue', 'green'] }, 'two hosts'],
    ['a canary that is no name', { ...pair, canary: '' }, '"canary"'],
    ['a canary that is no text', { ...pair, canary: 1 }, '"canary"'],
  ])('is refused where it holds %s, and never quoted', (_, content, problem) => {
    let error: unknown;
    try {
      parse(content);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('app/credential') });
    expect(String(error)).toContain(problem);
    expect(String(error)).not.toContain('sesame');
  });
});
