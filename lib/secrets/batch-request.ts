import {
  type ConjurContext,
  conjurErrorOf,
  isAbsence,
  isPage,
  parseJsonObject,
  toConjurError,
  unreadable,
} from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { type ConjurError, isConjurError } from '../errors.ts';
import { HttpFault } from '../http/fault.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { Secret } from '../secret.ts';

/**
 * What came of a batch. Conjur answers it wholly or not at all.
 * - `missing`: it named the one variable that it did not find.
 * - `forbidden`: at least one of the names may not be read; it does not say which.
 * - `refused`: one name may be to blame, or their number; the error is for the case that neither is.
 */
export type BatchAnswer =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, Secret> }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'refused'; readonly error: ConjurError };

/** Answers that one name of the batch may be to blame for. 414 and 431: the request line is too long for a server in between. */
const SPLITTABLE_STATUS = new Set([404, 406, 414, 422, 431, 500]);

const BASE64 = 'base64';

/**
 * `GET /secrets?variable_ids=...`
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_batch_retrieve.htm
 */
export async function askForBatch(
  context: ConjurContext,
  names: readonly string[],
  deadline: Deadline,
): Promise<BatchAnswer> {
  const ids = names.map((name) => toFullId(context.account, name));
  const request = toBatchRequest(ids);
  const response = await sendOrTooLarge(context, request, deadline);
  if (isConjurError(response)) return { kind: 'refused', error: response };
  const { status } = response;
  if (status === 200) return { kind: 'values', values: decode(context, names, ids, request, response) };
  if (isPage(response) && status < 500) throw toConjurError(context, request, response);
  if (status === 403) return { kind: 'forbidden' };
  if (!SPLITTABLE_STATUS.has(status)) throw toConjurError(context, request, response);
  if (status === 404 && !isAbsence(response)) throw toConjurError(context, request, response);
  const missing = status === 404 ? missingName(context.account, response) : undefined;
  if (missing !== undefined && names.includes(missing)) return { kind: 'missing', name: missing };
  return { kind: 'refused', error: toConjurError(context, request, response) };
}

function toBatchRequest(ids: readonly string[]): HttpRequest {
  return {
    method: 'GET',
    path: `/secrets?variable_ids=${ids.map(toQueryId).join(',')}`,
    // Without it, one value that is not UTF-8 is a 406 for all.
    acceptEncoding: BASE64,
    action: `reading ${ids.length} secrets`,
    idempotent: true,
    target: 'read',
    confirmAtLeader: [403, 404],
  };
}

async function sendOrTooLarge(
  context: ConjurContext,
  request: HttpRequest,
  deadline: Deadline,
): Promise<HttpResponse | ConjurError> {
  try {
    return await context.send(request, deadline);
  } catch (error) {
    if (isConjurError(error) && error.cause instanceof HttpFault && error.cause.kind === 'too-large') return error;
    throw error;
  }
}

/** Values are decoded by what the answer says of itself, never by what was asked for: a proxy may have dropped the request's header. */
function decode(
  context: ConjurContext,
  names: readonly string[],
  ids: readonly string[],
  request: HttpRequest,
  response: HttpResponse,
): Map<string, Secret> {
  const values = parseJsonObject(context, request, response);
  const isBase64 = response.headers['content-encoding'] === BASE64;
  return new Map(
    names.map((name, index) => {
      const value = values[ids[index] as string];
      const secret = typeof value === 'string' ? (isBase64 ? decodeBase64(value) : Buffer.from(value)) : undefined;
      // A variable without a value is 404 at Conjur, never an empty text.
      if (secret === undefined || secret.byteLength === 0) throw unreadable(context, request, response);
      return [name, Secret.of(secret)];
    }),
  );
}

/** RFC 4648, section 4, in the lines of 60 characters that Conjur breaks it into. Undefined for anything else. */
function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll('\n', '');
  const bytes = Buffer.from(compact, 'base64');
  // What a lenient decoder passes over would be missing when it is encoded again.
  return bytes.toString('base64') === compact ? bytes : undefined;
}

/** Conjur's own sentence about the one variable that it missed; only where it names one of ours is it believed. */
function missingName(account: string, response: HttpResponse): string | undefined {
  const message = String(conjurErrorOf(response)?.message);
  const id = /^CONJ00076E Variable (.+) is empty or not found\.$/su.exec(message)?.[1];
  const prefix = toFullId(account, '');
  return id?.startsWith(prefix) === true ? id.slice(prefix.length) : undefined;
}

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
  let batch: string[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const name of names) {
    if (name.includes(',')) continue;
    const size = toQueryId(toFullId(account, name)).length + 1;
    if (bytes + size > MAX_ID_BYTES || batch.length >= MAX_IDS) {
      batch = [];
      batches.push(batch);
      bytes = 0;
    }
    batch.push(name);
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
