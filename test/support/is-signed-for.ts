import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly target: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/.*, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/;

/**
 * Whether a request is signed as AWS would have it: signs it anew, by AWS's own signer, and compares.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function isSignedFor(service: string, key: SigningKey, request: SignedRequest): Promise<boolean> {
  const { method, target, headers, body } = request;
  const match = AUTHORIZATION.exec(headers.authorization ?? '');
  const date = headers['x-amz-date'];
  if (match === null || date === undefined || match[1] !== key.accessKeyId) return false;
  const names = (match[2] ?? '').split(';').filter((name) => name !== 'x-amz-date');
  const signer = new SignatureV4({
    service,
    region: key.region,
    credentials: key,
    sha256: Hash.bind(null, 'sha256'),
    // It would add a header that the request was not signed with.
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: target.hostname,
      path: target.pathname,
      query: Object.fromEntries(target.searchParams),
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
      body,
    },
    { signingDate: toDate(date), signableHeaders: new Set(names) },
  );
  return signatureOf(signed.headers.authorization) === signatureOf(headers.authorization);
}

/** `20260301T120000Z` */
function toDate(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})(\d{2}Z)$/, '$1-$2-$3:$4:$5'));
}

function signatureOf(authorization: string | undefined): string | undefined {
  return /Signature=([0-9a-f]+)/.exec(authorization ?? '')?.[1];
}
