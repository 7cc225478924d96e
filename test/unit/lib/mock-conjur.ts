import { MockAgent } from 'undici';
import type { ConjurClientDeps } from '../../../lib/client.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { fromEnv } from '../../../lib/env.ts';
import { accessTokenText } from './access-token-text.ts';
import { FakeClock } from './fake-clock.ts';

/** The leader, and followers that a test may name in CYBERARK_READ_API_BASE. */
export const LEADER = 'http://conjur.test';
export const FOLLOWERS = ['http://follower-1.test', 'http://follower-2.test'] as const;

/** What came over the wire. */
export interface SeenRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string | Buffer | undefined;
  readonly headers?: Record<string, string>;
}

export interface MockConjur {
  readonly conjur: ConjurClient;
  readonly clock: FakeClock;
  /** All requests but authentications. */
  readonly seen: SeenRequest[];
  readonly authentications: SeenRequest[];
}

/** What a genuine Conjur says of what is not there, or may not be seen. */
export const NOT_FOUND = JSON.stringify({
  error: { code: 'not_found', message: 'CONJ00076E Variable is empty or not found.' },
});

type Reply = (request: SeenRequest) => Answer;

const issueToken: Reply = () => ({ status: 200, body: accessTokenText() });

/**
 * A client whose requests are answered by functions, without a socket. Authentication answers with a token of 480 s, unless told
 * otherwise.
 */
export function mockConjur(
  reply: Reply,
  environment: Record<string, string> = {},
  ports: ConjurClientDeps = {},
  authenticate: Reply = issueToken,
): MockConjur {
  const clock = new FakeClock();
  const seen: SeenRequest[] = [];
  const authentications: SeenRequest[] = [];
  const agent = new MockAgent();
  agent.disableNetConnect();
  const answer = (origin: string) => (options: { method: string; path: string; headers?: unknown; body?: unknown }) => {
    const request: SeenRequest = {
      origin,
      method: options.method,
      path: options.path,
      headers: options.headers as Record<string, string>,
      body: Buffer.from((options.body ?? '') as string | Uint8Array).toString('utf8'),
    };
    const isAuthentication = /\/authenticate$/.test(request.path);
    (isAuthentication ? authentications : seen).push(request);
    const { status, headers = {}, ...given } = (isAuthentication ? authenticate : reply)(request);
    const body = given.body ?? (status === 404 ? NOT_FOUND : '');
    return { statusCode: status, data: body, responseOptions: { headers } };
  };
  for (const origin of [LEADER, ...FOLLOWERS]) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      agent
        .get(origin)
        .intercept({ path: () => true, method })
        .reply(answer(origin))
        .persist();
    }
  }
  const options = fromEnv(
    { CYBERARK_API_BASE: LEADER, CYBERARK_API_KEY: 'key-of-admin', ...environment },
    { readFile: () => '' },
  );
  const conjur = createConjurClient(options, { clock, random: () => 0.5, dispatcher: agent, ...ports });
  return { conjur, clock, seen, authentications };
}
