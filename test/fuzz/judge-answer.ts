import { FUNCTION_ERROR_STATUS, isFunctionErrorCode } from '../../functions/contract/error-codes.ts';
import { isHttpEvent } from '../../functions/runtime/http.ts';
import { isConjurError, toErrorName } from '../../lib/errors.ts';

/** What came of an invocation. */
export type Outcome = { readonly answer: unknown } | { readonly thrown: unknown };

/**
 * Says which code an answer has, `ok` for a success.
 * @throws Error where the answer breaks the contract: an undocumented code, `internal`, a fault of a server that is well, a crash, or a
 *   reply that no front could send on
 */
export function judgeAnswer(event: unknown, outcome: Outcome): string {
  if (isHttpEvent(event)) {
    if ('thrown' in outcome) throw new Error('threw where a front waits for a reply', { cause: outcome.thrown });
    return judgeReply(outcome.answer);
  }
  if ('answer' in outcome) {
    if (JSON.stringify(outcome.answer) === undefined) throw new Error('answered nothing that JSON can carry');
    return 'ok';
  }
  const { thrown } = outcome;
  if (!isConjurError(thrown)) throw new Error('threw what is no ConjurError', { cause: thrown });
  if (thrown.name !== toErrorName(thrown.code)) throw new Error(`has the name ${thrown.name} for ${thrown.code}`);
  return documented(thrown.code, thrown);
}

function judgeReply(reply: unknown): string {
  const { statusCode, headers, body, isBase64Encoded } = reply as Record<string, unknown>;
  if (typeof statusCode !== 'number' || typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') {
    throw new Error('is no reply of a function');
  }
  const { 'cache-control': cacheControl, 'content-type': contentType } = headers as Record<string, string>;
  if (cacheControl !== 'no-store') throw new Error('lacks cache-control: no-store');
  if (statusCode === 200 || statusCode === 201) return 'ok';
  if (contentType !== 'application/problem+json') throw new Error(`is a ${statusCode} that is no problem document`);
  const { code, status, detail } = JSON.parse(body) as Record<string, unknown>;
  if (status !== statusCode || !isFunctionErrorCode(code) || FUNCTION_ERROR_STATUS[code] !== statusCode) {
    throw new Error(`has the code ${String(code)} under the status ${statusCode}`);
  }
  if (typeof detail !== 'string' || detail.length < 20)
    throw new Error(`has ${String(code)} without saying what to do`);
  return documented(code, reply);
}

function documented(code: string, evidence: unknown): string {
  if (!isFunctionErrorCode(code)) throw new Error(`has the undocumented code ${code}`);
  if (code === 'internal') throw new Error('is internal', { cause: evidence });
  // Conjur, Secrets Manager and LiteLLM are well: whoever is told otherwise was let through with input that they cannot take.
  if (code === 'upstream_error' || code === 'upstream_unavailable') throw new Error(`is ${code}`, { cause: evidence });
  return code;
}
