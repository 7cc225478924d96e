import { BlockList, isIPv6 } from 'node:net';

/** Whether an address lies in one of the networks (`10.0.0.0/8`, `2001:db8::/32`); an empty list allows any. */
export function isAddressAllowed(address: string, cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true;
  const family = familyOf(address);
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = family === 'ipv6' ? '128' : '32'] = cidr.split('/');
    // A network of one family holds no address of the other, though `::/0` could be read so.
    if (familyOf(network) === family) networks.addSubnet(network, Number(bits), family);
  }
  return networks.check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
