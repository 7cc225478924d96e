/** Bytes of ids in one request. Conjur's server takes a query of 10,240 bytes; some proxies a request line of 8 KiB. */
const MAX_ID_BYTES = 7_500;
/** Ids in one request, so that an answer stays of a moderate size. */
const MAX_IDS = 250;

export interface Batches {
  readonly batches: readonly (readonly string[])[];
  /** Names that cannot be asked for in a batch: a comma is what separates ids. */
  readonly singles: readonly string[];
}

/** Sorts distinct names into requests that fit a request line. */
export function toBatches(account: string, names: readonly string[]): Batches {
  const singles = names.filter((name) => name.includes(','));
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const name of names) {
    if (name.includes(',')) continue;
    const size = toQueryId(toFullId(account, name)).length + 1;
    if (bytes + size > MAX_ID_BYTES || (batches.at(-1)?.length ?? 0) >= MAX_IDS) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(name);
    bytes += size;
  }
  return { batches, singles };
}

/** What stands in a query as it is; most ids are nothing else. */
const PLAIN_ID = /^[\w.~:/-]*$/;

/** A full id, `default:variable:app/db`, as it stands in the query; colons and slashes may stay as they are there (RFC 3986, section 3.4). */
export function toQueryId(id: string): string {
  if (PLAIN_ID.test(id)) return id;
  return encodeURIComponent(id.toWellFormed()).replaceAll('%3A', ':').replaceAll('%2F', '/');
}

export function toFullId(account: string, name: string): string {
  return `${account}:variable:${name}`;
}
