import { BlockList, isIPv6 } from 'node:net';

/** Whether an address lies in one of the networks (`10.0.0.0/8`); an empty list allows any. */
export function isAddressAllowed(address: string, cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true;
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = '32'] = cidr.split('/');
    networks.addSubnet(network, Number(bits));
  }
  return networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
