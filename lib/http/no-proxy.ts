import { BlockList, isIP } from 'node:net';

/** Tells whether a server is reached directly. */
export type Exceptions = (url: URL) => boolean;

const EXAMPLES = 'app.internal, .internal, *.internal, 10.0.0.0/8, 127.*, [::1], host:8443 and *';

/**
 * Reads what `NO_PROXY` lists, separated by commas or blanks. There is no standard; taken is what can mean but one thing:
 * - `host` and `.host`: that host and those below it. `*.host`: those below it
 * - `10.1.2.3`, `::1`, `[::1]`, and the networks `10.0.0.0/8`, `fd00::/8`: of servers that are named by their address, since no name is
 *   looked up for this
 * - `127.*`, `app-*.internal`: a `*` stands for any characters; alone, for every host
 * - each with a `:port`, for that port alone
 *
 * @throws RangeError that says what is wrong with which entry; a list holds nothing secret
 */
export function parseExceptions(list: string): Exceptions {
  const entries = list.split(/[,\s]+/).flatMap((entry) => (entry === '' ? [] : [parseEntry(entry.toLowerCase())]));
  return (url) => entries.some((matches) => matches(bareHost(url), portOf(url)));
}

type Entry = (host: string, port: number) => boolean;

function parseEntry(entry: string): Entry {
  const refusal = new RangeError(`has the entry ${JSON.stringify(entry)}, which is none of ${EXAMPLES}`);
  const network = /^\[?([\d.]+|[\da-f:.]*:[\da-f:.]*)\]?\/(\d{1,3})$/.exec(entry);
  if (network !== null) return toNetwork(network[1] ?? '', Number(network[2]), refusal);
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([^[\]:/]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const address = bracketed ?? (isIP(entry) === 6 ? entry : undefined);
  if (address !== undefined && isIP(address) !== 6) throw refusal;
  if (Number(digits) > 65_535) throw refusal;
  const isHere = address === undefined ? toHosts(plain, refusal) : (host: string) => host === canonical(address);
  return (host, port) => (digits === undefined || Number(digits) === port) && isHere(host);
}

function toNetwork(address: string, prefix: number, refusal: RangeError): Entry {
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) throw refusal;
  const network = new BlockList();
  network.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) === family && network.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function toHosts(name: string | undefined, refusal: RangeError): (host: string) => boolean {
  if (name === undefined || !/^[\w.*-]*[\w*]\.?$/.test(name) || isPartOfAddress(name)) throw refusal;
  const bare = name.replace(/(.)\.$/, '$1');
  if (bare.includes('*')) {
    const pattern = new RegExp(`^${bare.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    return (host) => pattern.test(host);
  }
  const own = bare.replace(/^\./, '');
  return (host) => host === own || host.endsWith(`.${own}`);
}

/** `10.` and `10.0.0.1-9`: no host is called so, and what is meant is a guess. */
function isPartOfAddress(name: string): boolean {
  return !name.includes('*') && /(?:^|\.)\d[\d-]*\.?$/.test(name) && isIP(name) === 0;
}

/** As `URL` writes it. */
function canonical(address: string): string {
  return bareHost(new URL(`http://[${address}]`));
}

/** Without the brackets of an IPv6 address, and the dot of a name that is written in full. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, '');
}

export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}
