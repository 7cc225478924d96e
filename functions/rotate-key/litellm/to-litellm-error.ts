import { ConjurError } from '../../../lib/errors/conjur-error.ts';
import type { ConjurRequest, ConjurResponse } from '../../../lib/transport/conjur-request.ts';

const UNAVAILABLE = new Set([429, 502, 503, 504]);

/** What LiteLLM's answers mean to whoever rotates. LiteLLM's own words are not passed on: they may repeat a key. */
export function toLitellmError({ doing }: ConjurRequest, { status, body }: ConjurResponse): ConjurError {
  if ((status === 403 || status === 500) && isAboutLicence(body)) {
    return new ConjurError(
      'upstream_error',
      `This LiteLLM has no Enterprise licence, and without one it regenerates no virtual keys (${status}). Set LITELLM_LICENSE at LiteLLM, or make a new key by /key/generate and store it with the strategy "supplied". The key in use was not touched.`,
    );
  }
  if (status === 401) {
    return new ConjurError(
      'authentication_failed',
      `LiteLLM refused the master key (401) while ${doing}. Check LITELLM_MASTER_KEY, or the secret that LITELLM_MASTER_KEY_SECRET_ID names.`,
    );
  }
  if (status === 403) {
    return new ConjurError(
      'forbidden',
      `LiteLLM forbids ${doing} (403). LITELLM_MASTER_KEY must be the master key, or the key of a proxy admin.`,
    );
  }
  if (UNAVAILABLE.has(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `LiteLLM answered ${status} while ${doing}. Check LiteLLM's health and rotate again, which goes on where this ended.`,
    );
  }
  return new ConjurError(
    'upstream_error',
    `LiteLLM answered ${status} while ${doing}, which it should not. Look into LiteLLM's log, check that LITELLM_API_BASE is a LiteLLM proxy, and rotate again, which goes on where this ended.`,
  );
}

function isAboutLicence(body: Buffer): boolean {
  return /enterprise|licen[cs]e|premium/i.test(body.toString('utf8').slice(0, 4_096));
}
