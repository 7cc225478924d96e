import { describe, expect, it } from 'vitest';
import { parseAccessToken } from '../../../../lib/auth/access-token.ts';
import { accessTokenText } from '../access-token-text.ts';

function tokenOf(payload: unknown): string {
  return JSON.stringify({ payload: Buffer.from(JSON.stringify(payload)).toString('base64'), secret: 'sesame' });
}

describe('an access token', () => {
  it.each([60, 480, 18_000])('of %i s tells its life and whom it speaks for, and is ready to be sent', (life) => {
    const text = accessTokenText(life, 1_770_000_000, 'host/app/one');
    const token = parseAccessToken({ body: Buffer.from(text), fromLeader: true }, String);
    expect([token.lifeMs, token.login]).toEqual([life * 1_000, 'host/app/one']);
    expect(token.authorization.expose()).toBe(`Token token="${Buffer.from(text).toString('base64')}"`);
  });

  it('without an end, as servers issued it before they had one, lives 8 minutes', () => {
    const body = Buffer.from(tokenOf({ iat: 1_770_000_000, sub: 'admin' }));
    expect(parseAccessToken({ body, fromLeader: false }, String)).toMatchObject({ lifeMs: 480_000, fromLeader: false });
  });

  it('may live for 50 hours, ends by the clock of the server, and need not say whom it speaks for', () => {
    const body = Buffer.from(tokenOf({ iat: 1_770_000_000, exp: 1_770_180_000 }));
    expect(parseAccessToken({ body, fromLeader: true }, String)).toMatchObject({
      ...{ lifeMs: 180_000_000, expiresAtMs: 1_770_180_000_000, login: '' },
    });
  });

  it.each([
    ['a page', '<html>sesame</html>'],
    ['nothing', ''],
    ['a list', '["sesame"]'],
    ['null', 'null'],
    ['no payload', '{"protected":"sesame"}'],
    ['a payload that is a number', '{"payload":1}'],
    ['a payload that is no JSON', '{"payload":"sesame"}'],
    ['no times', tokenOf({ sub: 'admin' })],
    ['times as text', tokenOf({ iat: '1', exp: '2' })],
    ['times that are no whole numbers', tokenOf({ iat: 1.5, exp: 20.5 })],
    ['an end before its beginning', tokenOf({ iat: 2, exp: 1 })],
    ['no life at all', tokenOf({ iat: 2, exp: 2 })],
    ['a beginning as text', tokenOf({ iat: '1', exp: 2 })],
    ['an end as text', tokenOf({ iat: 1, exp: '2' })],
    ['no beginning', tokenOf({ exp: 2 })],
    ['a life of more than 50 hours', tokenOf({ iat: 0, exp: 180_001 })],
    ['a payload that is a list', tokenOf([1])],
  ])('is refused where it is or has %s, without being quoted', (_, text) => {
    let error: unknown;
    try {
      parseAccessToken({ body: Buffer.from(text), fromLeader: true }, String);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect((error as Error).message).not.toContain('sesame');
    expect((error as Error).cause).toBeUndefined();
  });
});
