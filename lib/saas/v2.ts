import type { HttpRequest } from '../http/request.ts';

/** The second API, and what of it is not final: both by their media types. */
const MEDIA_TYPE = { v2: 'application/x.secretsmgr.v2+json', v2beta: 'application/x.secretsmgr.v2beta+json' };

/** Headers and body of a request of the second API. */
export function toV2(version: keyof typeof MEDIA_TYPE, body: unknown): Pick<HttpRequest, 'headers' | 'body'> {
  return {
    headers: { accept: MEDIA_TYPE[version], 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
