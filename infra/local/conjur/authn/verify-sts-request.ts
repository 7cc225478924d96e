import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Who a signed request speaks for, and the keys that the signature is made with. All made up, for tests. */
export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** The role's name, without its path. */
  readonly roleName: string;
}

const ALLOWED = ['host', 'authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];
const QUERY = 'Action=GetCallerIdentity&Version=2011-06-15';
const EMPTY_SHA256 = createHash('sha256').digest('hex');
const VALID_FOR_MS = 5 * 60 * 1000;

/** The signed request would not be accepted. The message says why and holds no credential. */
export class StsRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StsRequestError';
  }
}

/**
 * Does what AWS's STS would do with `GET https://{host}/?Action=GetCallerIdentity&Version=2011-06-15`: recomputes the
 * signature (AWS Signature Version 4) from the headers and the credentials that it knows.
 *
 * @param headers name → value, as the client has sent them in the body of its login.
 * @param nowMs time in milliseconds since the epoch.
 * @returns the credentials that signed it.
 * @throws {StsRequestError} when a header is missing, a further one is signed, the signature is old or does not match.
 */
export function verifyStsRequest(
  headers: ReadonlyMap<string, string>,
  known: readonly TestCredentials[],
  nowMs: number,
): TestCredentials {
  const authorization = parseAuthorization(headers.get('authorization') ?? '');
  checkSignedHeaders(headers, authorization.signedHeaders);
  checkHost(headers.get('host') ?? '', authorization);
  checkDate(headers.get('x-amz-date') ?? '', authorization.date, nowMs);
  const credentials = known.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  if (!credentials) throw new StsRequestError('the access key id is not known');
  if (headers.get('x-amz-security-token') !== credentials.sessionToken) {
    throw new StsRequestError('the session token is missing or not the one of the access key');
  }
  const expected = Buffer.from(sign(headers, authorization, credentials.secretAccessKey));
  const given = Buffer.from(authorization.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new StsRequestError('the signature does not match');
  }
  return credentials;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly signedHeaders: string[];
  readonly signature: string;
}

function parseAuthorization(header: string): Authorization {
  const pattern =
    /^AWS4-HMAC-SHA256\s+Credential=([^/\s]+)\/(\d{8})\/([a-z0-9-]+)\/sts\/aws4_request,\s*SignedHeaders=([A-Za-z0-9;_-]+),\s*Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, date, region, signed, signature] = pattern.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !signed || !signature) {
    throw new StsRequestError('authorization is not a signature of the form AWS4-HMAC-SHA256 for the service sts');
  }
  return { accessKeyId, date, region, signedHeaders: signed.toLowerCase().split(';'), signature };
}

function checkSignedHeaders(headers: ReadonlyMap<string, string>, signed: string[]): void {
  const further = signed.find((name) => !ALLOWED.includes(name));
  if (further !== undefined) throw new StsRequestError(`the header ${further} may not be signed`);
  const absent = [...signed, 'host', 'x-amz-date'].find((name) => !headers.has(name));
  if (absent !== undefined) throw new StsRequestError(`the header ${absent} is missing`);
  const present = ['host', 'x-amz-date', 'x-amz-security-token'].filter((name) => headers.has(name));
  const unsigned = present.find((name) => !signed.includes(name));
  if (unsigned !== undefined) throw new StsRequestError(`the header ${unsigned} is not signed`);
  const hash = headers.get('x-amz-content-sha256');
  if (hash !== undefined && hash !== EMPTY_SHA256)
    throw new StsRequestError('x-amz-content-sha256 is not that of an empty body');
}

function checkHost(host: string, { region }: Authorization): void {
  if (host === 'sts.amazonaws.com') {
    if (region !== 'us-east-1') throw new StsRequestError('the global host takes signatures of us-east-1 only');
  } else if (host !== `sts.${region}.amazonaws.com`) {
    throw new StsRequestError(`the host ${host} is not the STS of the region ${region}`);
  }
}

function checkDate(date: string, scopeDate: string, nowMs: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1).map(Number);
  if (!parts) throw new StsRequestError('x-amz-date is not of the form 20260101T000000Z');
  if (!date.startsWith(scopeDate)) throw new StsRequestError('x-amz-date is not of the day of the credential scope');
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const signedMs = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Math.abs(nowMs - signedMs) > VALID_FOR_MS) throw new StsRequestError('the signature is more than 5 minutes off');
}

function sign(headers: ReadonlyMap<string, string>, authorization: Authorization, secret: string): string {
  const { date, region, signedHeaders } = authorization;
  const canonicalHeaders = signedHeaders.map(
    (name) => `${name}:${(headers.get(name) ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  const request = ['GET', '/', QUERY, canonicalHeaders.join(''), signedHeaders.join(';'), EMPTY_SHA256].join('\n');
  const scope = `${date}/${region}/sts/aws4_request`;
  const hash = createHash('sha256').update(request).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers.get('x-amz-date'), scope, hash].join('\n');
  const key = [date, region, 'sts', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
