import { isVariableName } from '../../lib/names.ts';
import { createFunctionError, type FunctionError } from '../contract/error-codes.ts';
import { type Fields, fieldsOf, isHttpEvent } from './http.ts';

/** What a caller may do with a secret. A deletion is a `write`; a rename is a `rotate` and a `write` of both names. */
export const RIGHTS = ['read', 'write', 'rotate'] as const;

export type Right = (typeof RIGHTS)[number];

/**
 * Who calls, as the front of the function says: the IAM role or user that signed the request, the claims of a token, what an authorizer
 * function answered, or a program that invoked the function directly, of whom Lambda says nothing.
 */
export type Identity =
  | { readonly kind: 'iam'; readonly principal: string }
  | { readonly kind: 'claims'; readonly claims: Fields }
  | { readonly kind: 'direct' }
  | { readonly kind: 'unknown' };

/** One entry of `CYBERARK_CALLERS`: what the callers that it is about may do with which names. */
export interface CallerRule {
  readonly isAbout: (caller: Identity) => boolean;
  /** `app/db/password`; `team-a/*`, which is all below; `*`, which is all. */
  readonly names: readonly string[];
  readonly rights: ReadonlySet<Right>;
}

/**
 * Refuses what no rule allows this caller. Each right that is needed may come from another rule.
 * @param name as Conjur gets it; undefined where a call is about no name, and so needs a rule for all
 * @returns the error to answer with; undefined where the call is allowed
 */
export function findCallerRefusal(
  rules: readonly CallerRule[],
  caller: Identity,
  rights: readonly Right[],
  name: string | undefined,
): FunctionError | undefined {
  const own = rules.filter((rule) => rule.isAbout(caller));
  const missing = rights.find((right) => !own.some((rule) => rule.rights.has(right) && covers(rule.names, name)));
  if (missing === undefined) return undefined;
  const what = name === undefined ? 'every secret' : `the secret "${name}"`;
  return createFunctionError(
    'forbidden',
    `This caller may not ${missing} ${what} here. Give it "${missing}" for the name in CYBERARK_CALLERS (custom.callers in serverless.yml), or ask for another name.`,
  );
}

function covers(patterns: readonly string[], name: string | undefined): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*') return true;
    if (name === undefined) return false;
    return pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  });
}

/**
 * The caller of an event. An event is believed to come from where it says: whoever may invoke the function directly can send any.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function parseIdentity(event: unknown): Identity {
  if (!isHttpEvent(event)) return { kind: 'direct' };
  const { authorizer: given, identity } = fieldsOf(event.requestContext);
  const authorizer = fieldsOf(given);
  const arn = fieldsOf(authorizer.iam).userArn ?? fieldsOf(identity).userArn;
  if (arn !== undefined && arn !== null) {
    const principal = toPrincipal(arn);
    return principal === undefined ? { kind: 'unknown' } : { kind: 'iam', principal };
  }
  // HTTP API: claims of a token, or what a function answered. REST API: the claims, or the answer itself.
  const claims = fieldsOf(authorizer.jwt).claims ?? authorizer.lambda ?? authorizer.claims ?? given;
  return typeof claims === 'object' && claims !== null
    ? { kind: 'claims', claims: claims as Fields }
    : { kind: 'unknown' };
}

const ROLE_OR_USER = /^arn:([\w-]+):iam::(\d{12}):(role|user)\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]+)$/;
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;

/**
 * Role or user of an ARN, whichever of IAM's forms it has: names are unique in an account, whatever their paths, and a session is its
 * role's. Undefined for anything else, such as an account's root.
 */
function toPrincipal(arn: unknown): string | undefined {
  const text = typeof arn === 'string' ? arn : '';
  const [, sessionPartition, sessionAccount, role] = SESSION.exec(text) ?? [];
  if (role !== undefined) return `${sessionPartition}:${sessionAccount}:role/${role}`;
  const [, partition, account, kind, name] = ROLE_OR_USER.exec(text) ?? [];
  return name === undefined ? undefined : `${partition}:${account}:${kind}/${name}`;
}

/**
 * Reads `CYBERARK_CALLERS`: a JSON list of `{"arn" | "claim" | "direct", "names", "read", "write", "rotate"}`.
 * @throws RangeError that says what is wrong with which entry, without its values
 *
 * @example
 * parseCallers('[{"arn":"arn:aws:iam::123456789012:role/team-a","names":["team-a/*"],"read":true}]')
 */
export function parseCallers(text: string): CallerRule[] {
  const entries = parseJson(text);
  if (!Array.isArray(entries) || entries.length === 0)
    throw new RangeError('must be a JSON list of at least one entry');
  return entries.map((entry, index) => toRule(entry, `entry ${index + 1}`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const FIELDS = new Set(['arn', 'claim', 'direct', 'names', ...RIGHTS]);

function toRule(entry: unknown, where: string): CallerRule {
  const fields = fieldsOf(entry);
  if (Object.keys(fields).some((field) => !FIELDS.has(field)))
    throw new RangeError(`${where} has an unknown field; there are ${[...FIELDS].join(', ')}`);
  const rights = RIGHTS.filter((right) => parseRight(fields[right], `${where}.${right}`));
  if (rights.length === 0) throw new RangeError(`${where} must set at least one of ${RIGHTS.join(', ')} to true`);
  return { isAbout: toMatcher(fields, where), names: parsePatterns(fields.names, where), rights: new Set(rights) };
}

function parseRight(value: unknown, where: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new RangeError(`${where} must be true or false`);
}

function parsePatterns(names: unknown, where: string): string[] {
  if (!Array.isArray(names) || names.length === 0 || !names.every(isPattern))
    throw new RangeError(
      `${where}.names must list names, such as app/db/password, team-a/* for all below, or * for all`,
    );
  return names;
}

/** A star stands at the end, for all below a slash, or alone. */
function isPattern(pattern: unknown): pattern is string {
  if (pattern === '*') return true;
  return typeof pattern === 'string' && !pattern.replace(/\/\*$/, '').includes('*') && isVariableName(pattern);
}

function toMatcher({ arn, claim, direct }: Fields, where: string): CallerRule['isAbout'] {
  if ([arn, claim, direct].filter((field) => field !== undefined).length !== 1)
    throw new RangeError(`${where} must have one of arn, claim and direct`);
  if (direct !== undefined) return toDirectMatcher(direct, where);
  return arn === undefined ? toClaimMatcher(claim, where) : toArnMatcher(arn, where);
}

function toDirectMatcher(direct: unknown, where: string): CallerRule['isAbout'] {
  if (direct !== true) throw new RangeError(`${where}.direct must be true`);
  return ({ kind }) => kind === 'direct';
}

function toArnMatcher(arn: unknown, where: string): CallerRule['isAbout'] {
  const principal = toPrincipal(arn);
  if (principal === undefined || String(arn).includes(':sts:'))
    throw new RangeError(`${where}.arn must be the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>`);
  return (caller) => caller.kind === 'iam' && caller.principal === principal;
}

/** Claims are compared as they come. API Gateway writes a claim of several values as one text: `[a b]`. */
function toClaimMatcher(claim: unknown, where: string): CallerRule['isAbout'] {
  const wanted = Object.entries(fieldsOf(claim));
  if (
    wanted.length === 0 ||
    Array.isArray(claim) ||
    !wanted.every(([, value]) => typeof value === 'string' && value !== '')
  )
    throw new RangeError(`${where}.claim must name claims with the text that each must have, such as {"sub":"team-a"}`);
  return (caller) =>
    caller.kind === 'claims' &&
    wanted.every(([name, value]) => Object.hasOwn(caller.claims, name) && caller.claims[name] === value);
}
