import type { Clock } from '../clock.ts';
import { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import { createDispatchers } from '../http/dispatchers.ts';
import { HttpFault } from '../http/fault.ts';
import type { HttpResponse } from '../http/request.ts';
import { createTransport } from '../http/transport.ts';

/** A service of the cloud that a machine runs in, which says who the machine is. */
export interface MetadataService {
  /** For messages: `Azure's metadata service`. */
  readonly name: string;
  readonly baseUrl: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** What to check where it does not answer or refuses. */
  readonly advice: string;
}

/** It is on the machine itself, or nowhere. */
const TIMEOUT_MS = 2_000;

/** Asks a metadata service; gives the body of a 200. */
export type AskMetadata = (path: string, deadline: Deadline) => Promise<string>;

/**
 * A client of a metadata service: a short limit, one repetition, and never a proxy, which would tell who the proxy is.
 * @returns a function that throws ConjurError `upstream_unavailable` where nothing answers, `authentication_failed` for a refusal
 */
export function createMetadataClient(
  { name, baseUrl, headers, advice }: MetadataService,
  clock: Clock,
  random: () => number = Math.random,
): AskMetadata {
  const tls = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };
  const dispatchers = createDispatchers({ tls, proxy: undefined, timeoutMs: TIMEOUT_MS });
  const send = createTransport({
    dispatchers: { keptAlive: () => dispatchers.fresh(), fresh: () => dispatchers.fresh() },
    baseUrl,
    readBaseUrls: [],
    timeoutMs: TIMEOUT_MS,
    maxAttempts: 2,
    clock,
    random,
  });
  return async (path, deadline) => {
    const limit = new Deadline(clock, Math.min(deadline.remainingMs(), 2 * TIMEOUT_MS));
    let response: HttpResponse;
    try {
      response = await send({ method: 'GET', path, headers, action: `asking ${name}`, idempotent: true }, limit);
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      throw new ConjurError(
        'upstream_unavailable',
        `${name} (${baseUrl.origin}) did not answer (${error.message}). ${advice}`,
        { cause: error },
      );
    }
    if (response.status === 200) return response.body.toString('utf8').trim();
    throw new ConjurError(
      response.status >= 500 || response.status === 429 ? 'upstream_unavailable' : 'authentication_failed',
      `${name} (${baseUrl.origin}) answered ${response.status}. ${advice}`,
    );
  };
}

/** A JSON web token in its compact form (RFC 7519): three parts of base64url. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** @throws ConjurError `upstream_error` for anything else, which is not quoted: it may be a token of another kind */
export function parseCloudToken(text: unknown, { name, baseUrl }: MetadataService): string {
  if (typeof text === 'string' && COMPACT_JWT.test(text)) return text;
  throw new ConjurError(
    'upstream_error',
    `${name} (${baseUrl.origin}) answered with something that is no token. Check that it is the metadata service itself that answers there.`,
  );
}
