import { describe, expect, it } from 'vitest';
import {
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

  it('is a role by another spelling', () => {
    expect(toRole('host/app/host/blue')).toBe('host:app/host/blue');
  });

  it.each([
    ['a bare key', 'sesame'],
    ['a list', ['sesame']],
    ['null', null],
    ['broken JSON', '{"api_key":"sesame"'],
    ['no user', { api_key: 'sesame' }],
    ['a user that is no host', { username: 'admin', api_key: 'sesame' }],
    ['a host without a name', { username: 'host/', api_key: 'sesame' }],
    ['no key', { username: 'host/app/blue' }],
    ['an empty key', { username: 'host/app/blue', api_key: ' ' }],
    ['one host for a pair', { ...pair, hosts: ['host/app/blue'] }],
    ['three hosts for a pair', { ...pair, hosts: [...pair.hosts, 'host/app/red'] }],
    ['the same host twice', { ...pair, hosts: ['host/app/blue', 'host/app/blue'] }],
    ['a pair without its user', { ...pair, hosts: ['host/app/red', 'host/app/green'] }],
    ['a pair of users', { ...pair, hosts: ['blue', 'green'] }],
    ['a canary that is no name', { ...pair, canary: '' }],
  ])('is refused where it holds %s, and never quoted', (_, content) => {
    let error: unknown;
    try {
      parse(content);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('app/credential') });
    expect(String(error)).not.toContain('sesame');
  });
});
