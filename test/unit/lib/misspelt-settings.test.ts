import { expect, it } from 'vitest';
import { nearestSettingTo } from '../../../lib/misspelt-settings.ts';

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
