import { describe, expect, it } from 'vitest';
import { toVirtualKeyName } from '../../../../functions/runtime/access.ts';
import { settingsOf } from './settings-of.ts';

const STORING = { CYBERARK_STORE_VIRTUAL_KEYS: 'true' };

describe('the name of a virtual key', () => {
  it.each([
    ['the alias where there is one', 'team-a', 'litellm/team-a'],
    ['the token id where there is none', undefined, 'litellm/virtual-key-88dc28'],
    ['the token id where the alias is empty', '', 'litellm/virtual-key-88dc28'],
    ['an alias with spaces and slashes as it is', 'team a/prod: 1', 'litellm/team a/prod: 1'],
  ])('is the prefix and %s', (_, keyAlias, name) => {
    expect(toVirtualKeyName(settingsOf(STORING), { keyAlias, tokenId: '88dc28' })).toBe(name);
  });

  it.each([
    ['keys', 'keys/team-a'],
    ['keys/', 'keys/team-a'],
    ['apps/gateway', 'apps/gateway/team-a'],
  ])('gives the prefix %j its final slash', (prefix, name) => {
    const settings = settingsOf({ ...STORING, CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: prefix });
    expect(toVirtualKeyName(settings, { keyAlias: 'team-a', tokenId: '88dc28' })).toBe(name);
  });

  it('is refused where virtual keys are not stored', () => {
    expect(() => toVirtualKeyName(settingsOf(), { keyAlias: 'a', tokenId: 'b' })).toThrow(
      expect.objectContaining({ code: 'forbidden', status: 403 }),
    );
  });

  it.each(['../root', 'a\nb', '/a'])('is refused for the alias %j, which leads elsewhere', (keyAlias) => {
    expect(() => toVirtualKeyName(settingsOf(STORING), { keyAlias, tokenId: 'b' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});
