import { subscribe, unsubscribe } from 'node:diagnostics_channel';

export interface TokenCollector {
  /** Every access token that went out so far: the whole header's, and each of its parts that is long enough to be told apart. */
  readonly tokens: ReadonlySet<string>;
  stop(): void;
}

/** Notes the access tokens of all requests in this process, by undici's own channel: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
export function collectTokens(): TokenCollector {
  const tokens = new Set<string>();
  const note = (message: unknown): void => {
    const { headers } = message as { headers: string };
    const encoded = /^authorization: Token token="([^"]+)"/im.exec(headers)?.[1];
    if (encoded === undefined || tokens.has(encoded)) return;
    tokens.add(encoded);
    for (const part of Object.values(JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, string>))
      tokens.add(part);
  };
  subscribe('undici:client:sendHeaders', note);
  return { tokens, stop: () => unsubscribe('undici:client:sendHeaders', note) };
}
