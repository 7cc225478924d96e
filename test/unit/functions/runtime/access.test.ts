import { describe, expect, it } from 'vitest';
import { assertAccess } from '../../../../functions/runtime/access.ts';
import { settingsOf } from './settings-of.ts';

describe('access_mode', () => {
  it.each([
    ['read_only', 'write'],
    ['write_only', 'read'],
  ] as const)('%s refuses to %s, whatever the name', (mode, access) => {
    const settings = settingsOf({ CYBERARK_ACCESS_MODE: mode });
    expect(() => assertAccess(settings, access)).toThrow(expect.objectContaining({ code: 'access_mode_denied' }));
    expect(() => assertAccess(settings, access, 'a')).toThrow(expect.objectContaining({ status: 403 }));
  });

  it.each([
    ['read_only', 'read'],
    ['write_only', 'write'],
    ['read_and_write', 'read'],
    ['read_and_write', 'write'],
  ] as const)('%s lets one %s', (mode, access) => {
    expect(() => assertAccess(settingsOf({ CYBERARK_ACCESS_MODE: mode }), access, 'a')).not.toThrow();
  });

  it('lets one read and write where it is not set', () => {
    expect(() => assertAccess(settingsOf(), 'read', 'a')).not.toThrow();
    expect(() => assertAccess(settingsOf(), 'write', 'a')).not.toThrow();
  });
});

describe('hosted_keys', () => {
  const settings = settingsOf({ CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY, app/db' });

  it.each(['read', 'write'] as const)('refuses to %s a name that is not listed', (access) => {
    expect(() => assertAccess(settings, access, 'app/db')).not.toThrow();
    expect(() => assertAccess(settings, access, 'app/db2')).toThrow(expect.objectContaining({ code: 'not_hosted' }));
    expect(() => assertAccess(settings, access, 'litellm/key-1')).toThrow(expect.objectContaining({ status: 403 }));
  });

  it('never refuses the virtual keys that it cannot list, where those are stored', () => {
    const storing = settingsOf({ CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY', CYBERARK_STORE_VIRTUAL_KEYS: 'true' });
    expect(() => assertAccess(storing, 'write', 'litellm/key-1')).not.toThrow();
    expect(() => assertAccess(storing, 'write', 'litellm-other/key-1')).toThrow(
      expect.objectContaining({ code: 'not_hosted' }),
    );
  });
});
