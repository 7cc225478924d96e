import type { Mutant } from './instrument.ts';

/** A mutant that no test can notice, since the program does the same with it. */
export interface Equivalent {
  readonly file: string;
  readonly operator: string;
  /** The code as it stands, white space aside. */
  readonly original: string;
  /** The line that it begins in, where that text stands in other lines too. */
  readonly line?: string;
  readonly reason: string;
}

/** By file. */
export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: 'functions/client/secrets-client.ts',
    operator: 'condition to true',
    original: 'isAnswerError(error)',
    reason: 'What reads an answer throws nothing else.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'condition to true',
    original: 'name === undefined',
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: '&& to ||',
    original: "field !== 'name' && input[field] !== undefined",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'condition to true',
    original: "field !== 'name' && input[field] !== undefined",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: '!== to ===',
    original: "field !== 'name'",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'other text',
    original: "'name'",
    line: "for (const field of Object.keys(input)) if (field !== 'name' && input[field] !== undefined) return undefined;",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'condition to false',
    original: "typeof input.name === 'string'",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'other text',
    original: "'string'",
    reason: 'What it decides is only whether the schema is asked, and for a name that stands alone that says the same.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: '?. to .',
    original: "range.split(';')[0]?.trim()",
    reason: 'A text that is split has a first part.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: '> to >=',
    original: 'sizeOf(answer) > 500_000',
    reason: 'Values of 500,000 bytes make three megabytes of JSON at most, which fit.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'condition to true',
    original: 'sizeOf(answer) > 500_000',
    reason: 'Values of 500,000 bytes make three megabytes of JSON at most, which fit.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'number and one',
    original: '500_000',
    reason: 'Values of 500,000 bytes make three megabytes of JSON at most, which fit.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'number and one',
    original: '0',
    line: "if (answer.kind === 'many') return answer.result.items.reduce((sum, { value }) => sum + value.byteLength, 0);",
    reason: 'Values of 500,000 bytes make three megabytes of JSON at most, which fit.',
  },
  {
    file: 'functions/read-secret/api.ts',
    operator: 'number and one',
    original: '0',
    line: 'return 0;',
    reason: 'Values of 500,000 bytes make three megabytes of JSON at most, which fit.',
  },
  {
    file: 'functions/read-secret/read.ts',
    operator: 'condition to false',
    original: 'allowed.length === 0',
    reason: 'For no names the client asks Conjur nothing, and answers the same.',
  },
  {
    file: 'functions/read-secret/read.ts',
    operator: 'number and one',
    original: '0',
    line: 'return { ok: true, account, login, tokenAgeSeconds: Math.floor((conjur.tokenAgeMs() ?? 0) / 1000) };',
    reason: 'A millisecond is no second.',
  },
  {
    file: 'functions/rotate-key/api.ts',
    operator: 'number and one',
    original: '40',
    reason: 'No name of a strategy is half as long, so that neither cut is near one.',
  },
  {
    file: 'functions/rotate-key/create-deps.ts',
    operator: 'condition to false',
    original: 'dispatcher === undefined',
    reason: 'The client takes an undefined dispatcher for none.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: 'number and one',
    original: '0',
    line: 'timer = setTimeout(resolve, Math.max(0, remainingMs - LAST_GUARD_MS));',
    reason: 'Node takes a timer of no time for one of a millisecond.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: 'condition to true',
    original: 'invocation !== undefined',
    reason: 'Where the line of an invocation cannot begin, its call is not parsed.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: '?. to .',
    original: 'invocation?.correlationId',
    reason: 'Where the line of an invocation cannot begin, its call is not parsed.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: '&& to ||',
    original: "typeof response === 'object' && response !== null && 'statusCode' in response && 'headers' in response",
    reason: 'Over HTTP every answer is a reply.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: '&& to ||',
    original: "typeof response === 'object' && response !== null && 'statusCode' in response",
    reason: 'Over HTTP every answer is a reply.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: '&& to ||',
    original: "typeof response === 'object' && response !== null",
    reason: 'Over HTTP every answer is a reply.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: 'condition to true',
    original: 'event instanceof Call',
    reason: 'Every event that reaches the handler has been parsed.',
  },
  {
    file: 'functions/runtime/create-function.ts',
    operator: 'without the throw',
    original: "throw new TypeError('The event has not been parsed.');",
    reason: 'Every event that reaches the handler has been parsed.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'other text',
    original: "'$default'",
    line: "let lastRoute: { readonly key: string; readonly route: Route } = { key: '$default', route: {} };",
    reason: 'The last route is remembered to save time: what is worked out again is the same.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'condition to true',
    original: 'key !== lastRoute.key',
    reason: 'The last route is remembered to save time: what is worked out again is the same.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'regex without ^',
    original: '/^[A-Z]+ /',
    reason: 'A route has no space but the one behind its method.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'condition to false',
    original: "event.rawQueryString === ''",
    reason: 'A query that is read from an empty text is empty, too.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'condition to false',
    original: 'query.size === 0',
    reason: 'Among no parameters there is none that is unknown.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: '> to >=',
    original: 'text.length > MAX_REPLY_BYTES / 3',
    reason: 'What is too short to be counted fits: a character is three bytes at most.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'condition to true',
    original: 'text.length > MAX_REPLY_BYTES / 3',
    reason: 'What is too short to be counted fits: a character is three bytes at most.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'number and one',
    original: '3',
    reason: 'What is too short to be counted fits: a character is three bytes at most.',
  },
  {
    file: 'functions/runtime/http.ts',
    operator: 'condition to false',
    original: 'lists.length === 0',
    reason: 'Without lists, what goes through them finds the same header.',
  },
  {
    file: 'functions/runtime/invocation-log.ts',
    operator: 'condition to false',
    original: 'heldBack.length === 0',
    reason: 'What nothing is counted as is undefined, and stands in no line.',
  },
  {
    file: 'functions/runtime/log.ts',
    operator: 'condition to true',
    original: 'second !== lastSecond.second',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'functions/runtime/log.ts',
    operator: 'without the statement',
    original: 'declarations.set(set, declaration);',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'functions/runtime/log.ts',
    operator: 'condition to true',
    original: 'header !== lastTrace.header',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'functions/runtime/log.ts',
    operator: '?? to its left',
    original: "header ?? ''",
    reason: 'The text of undefined, which is looked at then, holds no part of a trace.',
  },
  {
    file: 'functions/runtime/settings.ts',
    operator: 'condition to false',
    original: '!(error instanceof RangeError)',
    reason: 'What parses the callers throws nothing else.',
  },
  {
    file: 'functions/runtime/settings.ts',
    operator: 'without the throw',
    original: 'throw error;',
    reason: 'What parses the callers throws nothing else.',
  },
  {
    file: 'functions/runtime/settings.ts',
    operator: '&& to ||',
    original: "Array.isArray(list) && list.every((name): name is string => typeof name === 'string')",
    reason: 'What is no list of texts fails in the next line, and is refused the same.',
  },
  {
    file: 'functions/runtime/settings.ts',
    operator: 'condition to true',
    original: "Array.isArray(list) && list.every((name): name is string => typeof name === 'string')",
    reason: 'What is no list of texts fails in the next line, and is refused the same.',
  },
  {
    file: 'lib/answers.ts',
    operator: '< to <=',
    original: 'status < 300',
    line: 'if (status < 300) return unreadable({ nameOf }, request, response);',
    reason: 'A status of 300 is a redirect, which is told before.',
  },
  {
    file: 'lib/auth/access-token.ts',
    operator: 'number and one',
    original: '0',
    line: "if (lifeMs <= 0) throw invalid('expires no later than it is issued; check the token life that is set in Conjur');",
    reason: 'A life is a number of whole seconds, so that none is of one millisecond.',
  },
  {
    file: 'lib/auth/oidc.ts',
    operator: '?. to .',
    original: 'refused?.equals(token)',
    reason: 'What was refused once was sent before, and is remembered since.',
  },
  {
    file: 'lib/clock.ts',
    operator: '?. to .',
    original: 'signal?.aborted',
    reason: 'A wait fails by its signal alone.',
  },
  {
    file: 'lib/clock.ts',
    operator: 'condition to true',
    original: 'this.#noted.size === 0',
    line: 'else if (this.#noted.size === 0) this.#look.ref();',
    reason: 'What keeps the process alive already is told so once more.',
  },
  {
    file: 'lib/http/dispatchers.ts',
    operator: 'number and one',
    original: '0',
    line: 'let usedAtMs = 0;',
    reason: 'How long a pool was idle is asked where there is one, and that has been used.',
  },
  {
    file: 'lib/http/dispatchers.ts',
    operator: 'condition to true',
    original: 'old !== undefined',
    reason: 'To close no pool fails in a promise whose failures nobody is told.',
  },
  {
    file: 'lib/http/dispatchers.ts',
    operator: 'condition to false',
    original: 'held === undefined && isOtherAnswer(chunk)',
    reason: 'The comparison of all bytes comes to the same.',
  },
  {
    file: 'lib/http/no-proxy.ts',
    operator: '?? to its left',
    original: "network[1] ?? ''",
    reason: 'What the expression matches has that part: only its type says that it may have none.',
  },
  {
    file: 'lib/http/no-proxy.ts',
    operator: 'regex without ^',
    original: '/^\\[|\\]$|\\.$/g',
    reason: 'A URL has no host name with a bracket anywhere but at its ends.',
  },
  {
    file: 'lib/http/proxy.ts',
    operator: 'condition to true',
    original: "url.protocol === 'https:'",
    reason: 'Authorities are of no account to a connection without TLS: to leave them out saves their loading.',
  },
  {
    file: 'lib/http/proxy.ts',
    operator: 'number and one',
    original: '0',
    line: "asked.once('connect', ({ statusCode = 0 }, _, head) => {",
    reason: 'Every answer has a status; that it may have none is said by a type that requests share.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: 'number and one',
    original: '0',
    line: '#failingSinceMs = 0;',
    reason: 'It is read after a failure alone, and the first of them sets it.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: 'number and one',
    original: '0',
    line: '#pausedAtMs = 0;',
    reason: 'It is read of an open circuit alone, and what opens it begins a pause.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: 'number and one',
    original: '0',
    line: '#boundMs = 0;',
    reason: 'It is read of an open circuit alone, and what opens it begins a pause.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: 'number and one',
    original: '0',
    line: '#pauseMs = 0;',
    reason: 'It is read of an open circuit alone, and what opens it begins a pause.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: '< to <=',
    original: 'nowMs < this.#failingSinceMs',
    reason: 'Where both are the same, the one takes the place of itself.',
  },
  {
    file: 'lib/http/retry-plan.ts',
    operator: '?? to its left',
    original: 'this.#unreachableSinceMs.get(server) ?? Number.NEGATIVE_INFINITY',
    reason: 'An age that is no number is within no bounds, as an infinite one is not.',
  },
  {
    file: 'lib/http/transport.ts',
    operator: 'number and one',
    original: '0',
    line: '#status = 0;',
    reason: 'undici ends no response before it has begun, which sets the status.',
  },
  {
    file: 'lib/http/transport.ts',
    operator: '&& to ||',
    original: "error instanceof Error && 'code' in error",
    reason: 'What zlib throws is an error.',
  },
  {
    file: 'lib/http/transport.ts',
    operator: 'condition to false',
    original: 'request.headers === undefined',
    reason: 'No headers and the fresh ones are the fresh ones.',
  },
  {
    file: 'lib/names.ts',
    operator: 'condition to false',
    original: 'PLAIN_NAME.test(text)',
    reason: 'What encodes every text encodes a plain one in its slashes alone.',
  },
  {
    file: 'lib/option-values.ts',
    operator: 'condition to false',
    original: 'taken.has(given) || value === takenText',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'lib/option-values.ts',
    operator: '|| to &&',
    original: 'taken.has(given) || value === takenText',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'lib/option-values.ts',
    operator: 'without the statement',
    original: 'taken.add(secret);',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'lib/option-values.ts',
    operator: 'condition to false',
    original: 'row.secret === undefined',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'lib/option-values.ts',
    operator: 'without the statement',
    original: 'takenText = pem;',
    reason: 'What is remembered to save time is worked out again, and is the same.',
  },
  {
    file: 'lib/saas/create-secret.ts',
    operator: 'number and one',
    original: '0',
    line: 'const place = { branch: name.slice(0, Math.max(slash, 0)), name: name.slice(slash + 1) };',
    reason: 'A name that is made lies in a branch, so that its last slash is not its first character.',
  },
  {
    file: 'lib/secrets/batch-request.ts',
    operator: '?. to .',
    original: 'conjurErrorOf(response)?.message',
    reason: "What is asked here is a 404 that is Conjur's own, by the error in it.",
  },
  {
    file: 'lib/secrets/variable-policy.ts',
    operator: '> to >=',
    original: 'b.expiresAtMs > a.expiresAtMs',
    reason: 'Of two deadlines that end at the same time, either leaves as much.',
  },
  {
    file: 'lib/settings.ts',
    operator: 'condition to false',
    original: '!(error instanceof RangeError)',
    reason: 'Reading the list throws nothing else; another error would be one of the program.',
  },
];

/** Why a mutant changes nothing; undefined where nobody has said so. */
export function reasonFor({ file, operator, original, lineText }: Mutant): string | undefined {
  const text = original.replace(/\s+/g, ' ');
  const isIt = (one: Equivalent): boolean => one.file === file && one.operator === operator && one.original === text;
  return EQUIVALENTS.find((one) => isIt(one) && (one.line ?? lineText) === lineText)?.reason;
}
