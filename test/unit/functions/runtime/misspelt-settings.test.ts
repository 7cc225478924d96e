import { describe, expect, it } from 'vitest';
import { findMisspeltSettings, parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { ROTATION_SETTINGS, SECRET_SETTINGS, SHARED_SETTINGS } from '../../../../infra/stack/setting-names.ts';
import { fromEnv } from '../../../../lib/env.ts';

const KEY = { CYBERARK_API_KEY: 'key' };

describe('a setting that is misspelt', () => {
  it.each([
    ['CYBERARK_ALOW_DELETE', 'CYBERARK_ALLOW_DELETE'],
    ['CYBERARK_API_BSAE', 'CYBERARK_API_BASE'],
    ['CYBERARK_URSENAME', 'CYBERARK_USERNAME'],
    ['CYBERARK_HOSTED_KEY', 'CYBERARK_HOSTED_KEYS'],
    ['CYBERARK_TIMEOUT', 'CYBERARK_TIMEOUT_MS'],
  ])('%s is told with the nearest name, and without its value', (name, meant) => {
    const warning = `${name} is not a setting. Did you mean ${meant}?`;
    expect(findMisspeltSettings({ [name]: 'canary-value' })).toEqual([warning]);
    expect(parseFunctionSettings({ ...KEY, [name]: 'canary-value' }).warnings).toEqual([warning]);
  });

  it('is told too where it resembles nothing', () => {
    expect(findMisspeltSettings({ CYBERARK_FAVOURITE_COLOUR: 'blue' })).toEqual([
      'CYBERARK_FAVOURITE_COLOUR is not a setting. docs/settings.md lists them.',
    ]);
  });

  it('is not seen in what is empty, or in the variables of others', () => {
    expect(findMisspeltSettings({ CYBERARK_ALOW_DELETE: ' ', HTTPS_PROXI: 'x', LITELLM_SALT_KEY: 'y' })).toEqual([]);
  });

  it('is none of those that there are', () => {
    const names = [...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...SECRET_SETTINGS];
    expect(findMisspeltSettings(Object.fromEntries(names.map((name) => [name, '1'])))).toEqual([]);
  });
});

describe('a program that uses the client alone', () => {
  function warningsOf(environment: Record<string, string>): string[] {
    const warnings: string[] = [];
    fromEnv({ ...KEY, ...environment }, { warn: (warning) => warnings.push(warning) });
    return warnings;
  }

  it('is told what resembles a setting of the client', () => {
    expect(warningsOf({ CYBERARK_API_BSAE: 'https://conjur.example.com' })).toEqual([
      'CYBERARK_API_BSAE is not a setting. Did you mean CYBERARK_API_BASE?',
    ]);
  });

  it('may share its environment with the functions', () => {
    const functions = { CYBERARK_ALLOW_DELETE: 'true', CYBERARK_ACCESS_MODE: 'read_only', CYBERARK_HOSTED_KEYS: 'a' };
    const more = { CYBERARK_STORE_VIRTUAL_KEYS: 'true', CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'keys/' };
    expect(warningsOf({ ...functions, ...more })).toEqual([]);
  });
});
