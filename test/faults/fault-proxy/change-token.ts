import { type Answer, changeAnswer } from './answer.ts';

/** The claims of a Conjur access token, in seconds since 1970. */
interface TokenTimes {
  readonly iat: number;
  readonly exp: number;
}

/**
 * Changes the text of an access token in an answer, under its base64 where the answer has that content encoding. An answer that
 * holds no token is given back as it is.
 */
export function changeTokenText(answer: Answer, change: (text: string) => string): Answer {
  const isBase64 = answer.headers['content-encoding'] === 'base64';
  const text = isBase64 ? Buffer.from(answer.body.toString('latin1'), 'base64').toString() : answer.body.toString();
  if (answer.status !== 200 || parseToken(text) === undefined) return answer;
  const changed = Buffer.from(change(text));
  return changeAnswer(answer, { body: isBase64 ? Buffer.from(changed.toString('base64')) : changed });
}

/** Changes claims of an access token in an answer; its signature stays, and so is wrong. */
export function changeTokenClaims(answer: Answer, change: (times: TokenTimes) => Record<string, unknown>): Answer {
  return changeTokenText(answer, (text) => {
    const token = parseToken(text);
    if (token === undefined) return text;
    const claims = JSON.parse(Buffer.from(token.payload, 'base64').toString()) as TokenTimes;
    const payload = Buffer.from(JSON.stringify({ ...claims, ...change(claims) })).toString('base64');
    return JSON.stringify({ ...token, payload });
  });
}

function parseToken(text: string): { payload: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isToken = typeof parsed === 'object' && parsed !== null && 'payload' in parsed && 'signature' in parsed;
    return isToken && typeof parsed.payload === 'string' ? { ...parsed, payload: parsed.payload } : undefined;
  } catch {
    return undefined;
  }
}
