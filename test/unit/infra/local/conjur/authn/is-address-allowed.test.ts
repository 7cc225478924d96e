import { expect, it } from 'vitest';
import { isAddressAllowed } from '../../../../../../infra/local/conjur/authn/is-address-allowed.ts';

it.each([
  ['10.1.2.3', [], true],
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['11.1.2.3', ['10.0.0.0/8'], false],
  ['10.1.2.3', ['192.168.0.0/16', '10.1.2.3/32'], true],
  ['10.1.2.4', ['10.1.2.3/32'], false],
  ['1.2.3.4', ['0.0.0.0/0'], true],
  ['::1', ['127.0.0.0/8'], false],
  ['::1', ['::1/128'], true],
  ['2001:db8::7', ['2001:db8::/64'], true],
  ['2001:db8:0:1::7', ['2001:db8::/64'], false],
  ['127.0.0.1', ['::/0', '0.0.0.0/0'], true],
  ['127.0.0.1', ['::/0'], false],
])('%s among %j: %s', (address, cidrs, isAllowed) => {
  expect(isAddressAllowed(address, cidrs)).toBe(isAllowed);
});
