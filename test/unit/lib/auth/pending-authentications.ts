import { type AccessToken, parseAccessToken } from '../../../../lib/auth/access-token.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import { accessTokenText } from '../access-token-text.ts';

/** Authentications that end when the test says so. */
export class PendingAuthentications {
  /** How many were begun. */
  begun = 0;
  /** The most that were under way at once. */
  mostAtOnce = 0;
  #pending: { resolve: (token: AccessToken) => void; reject: (error: unknown) => void }[] = [];

  get underWay(): number {
    return this.#pending.length;
  }

  readonly authenticate = (_deadline: Deadline): Promise<AccessToken> => {
    this.begun += 1;
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#pending.length);
    });
  };

  /** Ends the one that was begun first, with a new token of this life. */
  async succeed(lifeSeconds: number): Promise<AccessToken> {
    const token = parseAccessToken(
      {
        body: Buffer.from(accessTokenText(lifeSeconds, 1_770_000_000 + this.begun)),
        fromLeader: true,
      },
      String,
    );
    this.#pending.shift()?.resolve(token);
    await new Promise((resolve) => setImmediate(resolve));
    return token;
  }

  async fail(error: unknown): Promise<void> {
    this.#pending.shift()?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
