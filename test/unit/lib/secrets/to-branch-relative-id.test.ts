import { describe, expect, it } from 'vitest';
import { toBranchRelativeId } from '../../../../lib/secrets/variable-policy.ts';

describe('toBranchRelativeId', () => {
  it.each([
    ['litellm/key-1', 'litellm', 'key-1'],
    ['litellm/litellm/key-1', 'litellm', 'litellm/key-1'],
    ['apps/billing/db/password', 'apps/billing', 'db/password'],
    ['litellm/key-1', 'root', 'litellm/key-1'],
    ['root/key', 'root', 'root/key'],
    ['litellm/ key', 'litellm', ' key'],
  ])('makes of %j in the branch %j the id %j', (name, branch, id) => {
    expect(toBranchRelativeId(name, branch)).toBe(id);
  });

  it.each([
    ['litellm', 'litellm'],
    ['litellm-2/key', 'litellm'],
    ['apps/key', 'apps/billing'],
    ['key', 'litellm'],
  ])('refuses %j in the branch %j and names the branch', (name, branch) => {
    expect(() => toBranchRelativeId(name, branch)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: expect.stringContaining(`begins with "${branch}/"`),
      }),
    );
  });

  it.each([
    ['litellm/ ', 'litellm'],
    ['litellm/\u3000\u00a0', 'litellm'],
    [' ', 'root'],
  ])('refuses %j in the branch %j, which Conjur would take for the branch itself', (name, branch) => {
    expect(() => toBranchRelativeId(name, branch)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
