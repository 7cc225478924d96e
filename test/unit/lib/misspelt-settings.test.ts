import { describe, expect, it } from 'vitest';
import { findMisspelt, nearestSettingTo } from '../../../lib/misspelt-settings.ts';
import { OPTIONS } from '../../../lib/options.ts';

const KNOWN = ['CYBERARK_ACCOUNT', 'CYBERARK_API_BASE', 'CONJUR_ACCOUNT'];

it.each([
  ['CYBERARK_ACOUNT', 'CYBERARK_ACCOUNT'],
  ['CYBERARK_SOMETHING', undefined],
  ['CYBERARK_TIMEOUT', undefined],
  ['CONJUR_ACOUNT', 'CONJUR_ACCOUNT'],
  ['SOMETHING', undefined],
])('%s was probably meant as %s', (name, meant) => {
  expect(nearestSettingTo(name, KNOWN)).toBe(meant);
});

describe('variables that look like a setting and are none', () => {
  const environment = {
    CYBERARK_ACOUNT: 'sesame',
    CYBERARK_OF_ANOTHER_PROGRAM: 'sesame',
    CYBERARK_ACCOUNT: 'acme',
    CYBERARK_TIMEOUTS_MS: ' ',
    CYBERARK_MAX_ATTEMPT: undefined,
    CONJUR_ACOUNT: 'acme',
  };
  const near = 'CYBERARK_ACOUNT is not a setting. Did you mean CYBERARK_ACCOUNT?';

  it('are told of, with what was meant, and without their values', () => {
    expect(findMisspelt(environment, [OPTIONS])).toEqual([
      near,
      'CYBERARK_OF_ANOTHER_PROGRAM is not a setting. docs/settings.md lists them.',
    ]);
  });

  it('are another program’s business where they resemble none', () => {
    expect(findMisspelt(environment, [OPTIONS], { nearOnly: true })).toEqual([near]);
  });

  it('are those of none of several tables', () => {
    const own = { ...OPTIONS.account, env: ['CYBERARK_OF_ANOTHER_PROGRAM'] as const };
    expect(findMisspelt(environment, [OPTIONS, { own }])).toEqual([near]);
  });
});
