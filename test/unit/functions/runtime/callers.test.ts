import { describe, expect, it } from 'vitest';
import {
  findCallerRefusal,
  type Identity,
  parseCallers,
  parseIdentity,
} from '../../../../functions/runtime/callers.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';

const ROLE = 'arn:aws:iam::123456789012:role/teams/team-a';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/team-a/session';
const http = (requestContext: object): Identity => parseIdentity({ requestContext: { http: {}, ...requestContext } });

describe('the caller of an event', () => {
  const principal = 'aws:123456789012:role/team-a';

  it.each([
    ['HTTP API and function URL', { authorizer: { iam: { userArn: SESSION } } }],
    ['REST API', { identity: { userArn: SESSION } }],
  ])('is the role of its session: %s', (_, requestContext) => {
    expect(http(requestContext)).toEqual({ kind: 'iam', principal });
  });

  it('is a user, whatever his path', () => {
    const userArn = 'arn:aws:iam::123456789012:user/people/ann';
    expect(http({ authorizer: { iam: { userArn } } })).toEqual({ kind: 'iam', principal: 'aws:123456789012:user/ann' });
  });

  it.each([
    'arn:aws:iam::123456789012:root',
    'arn:aws:sts::123456789012:federated-user/team-a',
    'arn:aws:sts::123456789012:assumed-role/team-a',
    'arn:aws:sts::123456789012:assumed-role/team-a/session/more',
    'x-arn:aws:iam::123456789012:role/team-a',
    'arn:aws:iam::123456789012:role/team-a ',
    'x-arn:aws:sts::123456789012:assumed-role/team-a/session',
    ['arn:aws:iam::123456789012:role/team-a'],
    'arn:aws:sts::123456789012:assumed-role/other\narn:aws:sts::123456789012:assumed-role/team-a/x',
    '',
    7,
  ])('is unknown where the ARN is another: %j', (userArn) => {
    expect(http({ authorizer: { iam: { userArn } } })).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['JWT of an HTTP API', { jwt: { claims: { sub: 'a' } } }],
    ['function of an HTTP API', { lambda: { sub: 'a' } }],
    ['JWT in payload 1.0, and a user pool of a REST API', { claims: { sub: 'a' } }],
    ['function of a REST API', { sub: 'a' }],
  ])('has claims: %s', (_, authorizer) => {
    expect(http({ authorizer })).toEqual({ kind: 'claims', claims: { sub: 'a' } });
  });

  it('is unknown on a route without an authorizer', () => {
    expect(http({})).toEqual({ kind: 'unknown' });
    expect(http({ authorizer: null, identity: { userArn: null } })).toEqual({ kind: 'unknown' });
  });

  it('is unknown where an authorizer says nothing that could be compared', () => {
    for (const authorizer of [{ jwt: { claims: 'a' } }, { lambda: 'a' }])
      expect(http({ authorizer })).toEqual({ kind: 'unknown' });
    expect(http({ authorizer: 'a' })).toEqual({ kind: 'unknown' });
  });

  it('is a direct one where the event is none of HTTP', () => {
    for (const event of [{ name: 'a' }, null, 'text', { requestContext: {} }])
      expect(parseIdentity(event)).toEqual({ kind: 'direct' });
  });
});

describe('CYBERARK_CALLERS', () => {
  const rule = (fields: object): string => JSON.stringify([{ arn: ROLE, names: ['a/*'], read: true, ...fields }]);

  it.each([
    ['no JSON', '{', 'must be a JSON list'],
    ['no list', '{}', 'must be a JSON list'],
    ['no list, whatever its length', '"text"', 'must be a JSON list'],
    ['nobody', '[]', 'at least one entry'],
    ['an unknown field', rule({ raed: true }), 'entry 1 has an unknown field'],
    ['a list of lists', '[[]]', 'entry 1 must set at least one of'],
    ['no right', rule({ read: false }), 'entry 1 must set at least one of'],
    ['a right that is a word', rule({ write: 'yes' }), 'entry 1.write must be true or false'],
    ['two callers', rule({ direct: true }), 'entry 1 must have one of arn, claim and direct'],
    ['no caller', rule({ arn: undefined }), 'entry 1 must have one of arn, claim and direct'],
    ['a session', rule({ arn: SESSION }), 'entry 1.arn must be the ARN of an IAM role or user'],
    ['a pattern of roles', rule({ arn: 'arn:aws:iam::123456789012:role/*' }), 'entry 1.arn'],
    ['an empty claim', rule({ arn: undefined, claim: { sub: '' } }), 'entry 1.claim'],
    ['a claim that is no text beside one that is', rule({ arn: undefined, claim: { a: 'x', b: 1 } }), 'entry 1.claim'],
    ['a list of claims', rule({ arn: undefined, claim: ['sub'] }), 'entry 1.claim'],
    ['a claim that is a text', rule({ arn: undefined, claim: 'sub' }), 'entry 1.claim'],
    ['an ARN that is none', rule({ arn: 7 }), 'entry 1.arn must be the ARN'],
    ['direct: "true"', rule({ arn: undefined, direct: 'true' }), 'entry 1.direct must be true'],
    ['a claim and direct', rule({ arn: undefined, claim: { sub: 'a' }, direct: true }), 'must have one of'],
    ['names that are a text', rule({ names: 'a' }), 'entry 1.names must list names'],
    ['a name that is no text', rule({ names: ['a', 7] }), 'entry 1.names must list names'],
    ['a bad name behind a good one', rule({ names: ['a', 'b*'] }), 'entry 1.names must list names'],
    ['no claim', rule({ arn: undefined, claim: {} }), 'entry 1.claim'],
    ['direct: false', rule({ arn: undefined, direct: false }), 'entry 1.direct must be true'],
    ['no names', rule({ names: [] }), 'entry 1.names must list names'],
    ['a star within', rule({ names: ['a/*/b'] }), 'entry 1.names must list names'],
    ['a star behind letters', rule({ names: ['team-*'] }), 'entry 1.names must list names'],
    ['two stars', rule({ names: ['a/*/*'] }), 'entry 1.names must list names'],
    ['a name that is none', rule({ names: ['a/../b'] }), 'entry 1.names must list names'],
    ['everything below nothing', rule({ names: ['/*'] }), 'entry 1.names must list names'],
  ])('cannot hold %s, and the message holds no value', (_, text, problem) => {
    expect(() => parseCallers(text)).toThrow(problem);
    const environment = { CYBERARK_API_KEY: 'x', CYBERARK_CALLERS: text };
    expect(() => parseFunctionSettings(environment)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(problem) }),
    );
    expect(() => parseFunctionSettings(environment)).toThrow(expect.not.stringContaining('team-a'));
  });

  it('is off where it is not set', () => {
    expect(parseFunctionSettings({ CYBERARK_API_KEY: 'x' }).settings.callers).toBeUndefined();
  });
});

describe('a rule', () => {
  const [rule] = parseCallers(JSON.stringify([{ claim: { sub: 'a', iss: 'i' }, names: ['a/b', 'c/*'], read: true }]));
  const refusal = (claims: object, name: string | undefined, rights = ['read'] as const) =>
    findCallerRefusal(rule === undefined ? [] : [rule], { kind: 'claims', claims: { ...claims } }, rights, name);

  it('wants every claim, to the letter', () => {
    expect(refusal({ sub: 'a', iss: 'i', more: 'x' }, 'a/b')).toBeUndefined();
    for (const claims of [{ sub: 'a' }, { sub: 'A', iss: 'i' }, { sub: ['a'], iss: 'i' }, { sub: '[a b]', iss: 'i' }])
      expect(refusal(claims, 'a/b')?.code).toBe('forbidden');
  });

  it('takes no claim from the prototype', () => {
    const [inherited] = parseCallers(JSON.stringify([{ claim: { toString: 'x' }, names: ['*'], read: true }]));
    const claims = Object.create({ toString: 'x' }) as Record<string, unknown>;
    expect(findCallerRefusal(inherited ? [inherited] : [], { kind: 'claims', claims }, ['read'], 'a')).toBeDefined();
  });

  it.each([
    ['a/b', true],
    ['a/b/c', false],
    ['a/bb', false],
    ['c/x', true],
    ['c/x/y', true],
    ['c', false],
    ['cc/x', false],
    ['C/x', false],
    [undefined, false],
  ])('about the name %s: %s', (name, isAllowed) => {
    expect(refusal({ sub: 'a', iss: 'i' }, name) === undefined).toBe(isAllowed);
  });
});

describe('rules together', () => {
  const rules = parseCallers(
    JSON.stringify([
      { arn: ROLE, names: ['*'], read: true },
      { arn: ROLE, names: ['a/*'], write: true, rotate: false },
      { direct: true, names: ['b', 'c/*'], rotate: true },
    ]),
  );
  const role = parseIdentity({ requestContext: { http: {}, authorizer: { iam: { userArn: SESSION } } } });
  const missing = (caller: Identity, rights: readonly ('read' | 'write' | 'rotate')[], name: string | undefined) =>
    /may not (\w+)/.exec(findCallerRefusal(rules, caller, rights, name)?.message ?? '')?.[1];

  it('give each right by one of them', () => {
    expect(missing(role, ['read', 'write'], 'a/b')).toBeUndefined();
    expect(missing(role, ['read', 'write'], 'b')).toBe('write');
    expect(missing(role, ['rotate'], 'a/b')).toBe('rotate');
    expect(missing(role, [], 'a/b')).toBeUndefined();
  });

  it('of all names are needed where a call is about none, and the message says so', () => {
    expect(missing(role, ['read'], undefined)).toBeUndefined();
    expect(missing(role, ['write'], undefined)).toBe('write');
    expect(findCallerRefusal(rules, role, ['write'], undefined)?.message).toContain('every secret');
    expect(findCallerRefusal(rules, role, ['write'], 'b')?.message).toContain('the secret "b"');
  });

  it('are of their own callers alone', () => {
    expect(missing({ kind: 'direct' }, ['rotate'], 'c/x')).toBeUndefined();
    expect(missing({ kind: 'direct' }, ['rotate'], 'a/b')).toBe('rotate');
    expect(missing({ kind: 'direct' }, ['read'], 'b')).toBe('read');
    expect(missing(role, ['rotate'], 'b')).toBe('rotate');
    expect(missing({ kind: 'iam', principal: 'aws:123456789012:user/team-a' }, ['read'], 'b')).toBe('read');
    expect(missing({ kind: 'unknown' }, ['read'], 'b')).toBe('read');
    expect(missing({ kind: 'claims', claims: { principal: 'aws:123456789012:role/team-a' } }, ['read'], 'b')).toBe(
      'read',
    );
  });
});
