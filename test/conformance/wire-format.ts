import * as v from 'valibot';

/** An answer of a Conjur, with what was asked. */
export interface Exchange {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a successful answer may be: a content type and what the body holds. */
interface Shape {
  readonly type: RegExp;
  readonly body: v.GenericSchema | 'empty' | 'any';
}

interface Operation {
  readonly method: string;
  readonly path: RegExp;
  /** A query parameter that tells the operation from others on the same path. */
  readonly query?: string;
  readonly answers: Readonly<Record<number, Shape | readonly Shape[]>>;
}

const Id = v.pipe(v.string(), v.regex(/^[^:]+:[a-z_]+:[\s\S]+$/, 'a full id'));
const Time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/, 'a time'));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ApiKey = v.pipe(v.string(), v.minLength(1), v.regex(/^\S+$/));
/** Base64url with its padding: the clients in Go and Ruby refuse a part without it. */
const TokenPart = v.pipe(
  v.string(),
  v.minLength(1),
  v.regex(/^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/, 'padded base64url'),
);
const Token = v.strictObject({ protected: TokenPart, payload: TokenPart, signature: TokenPart });

const resource = {
  created_at: Time,
  id: Id,
  owner: Id,
  policy: v.optional(Id),
  permissions: v.array(v.strictObject({ privilege: v.string(), role: Id, policy: v.optional(Id) })),
  annotations: v.array(v.strictObject({ name: v.string(), value: v.string(), policy: v.optional(Id) })),
  restricted_to: v.optional(v.array(v.string())),
  secrets: v.optional(v.array(v.strictObject({ version: Count, expires_at: v.nullable(Time) }))),
  policy_versions: v.optional(
    v.array(
      v.strictObject({
        version: Count,
        created_at: Time,
        policy_text: v.string(),
        policy_sha256: v.string(),
        finished_at: v.nullable(Time),
        client_ip: v.string(),
        id: Id,
        role: Id,
      }),
    ),
  ),
  tokens: v.optional(v.array(v.looseObject({ expiration: v.string(), cidr: v.array(v.string()), token: v.string() }))),
  layers: v.optional(v.array(Id)),
};
const Resource = v.strictObject(resource);
const Membership = v.strictObject({
  admin_option: v.boolean(),
  ownership: v.boolean(),
  role: Id,
  member: Id,
  policy: v.optional(Id),
});
const Counted = v.strictObject({ count: Count });
const Load = v.strictObject({
  created_roles: v.record(Id, v.strictObject({ id: Id, api_key: ApiKey })),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  warnings: v.optional(v.array(v.string())),
});
/** Nested in the recorded 1.24.0, flat in later versions. */
const Items = v.strictObject({
  items: v.array(v.looseObject({ identifier: v.union([Id, v.looseObject({ identifier: v.string() })]) })),
});
const DryRun = v.strictObject({
  status: v.literal('Valid YAML'),
  created: Items,
  updated: v.strictObject({ before: Items, after: Items }),
  deleted: Items,
  warnings: v.optional(v.array(v.string())),
});
const DryRunFault = v.strictObject({
  status: v.literal('Invalid YAML'),
  errors: v.array(
    v.strictObject({
      line: v.nullable(Count),
      column: v.nullable(Count),
      message: v.string(),
      context: v.strictObject({ policy_id: v.string(), offending_lines: v.array(Count) }),
    }),
  ),
});
const Owner = v.strictObject({ kind: v.string(), id: v.string() });
const Branch = v.strictObject({
  name: v.string(),
  branch: v.string(),
  owner: Owner,
  annotations: v.record(v.string(), v.string()),
});
const V2Authenticator = v.strictObject({
  type: v.string(),
  branch: v.string(),
  name: v.string(),
  enabled: v.boolean(),
  owner: Owner,
  data: v.optional(v.looseObject({})),
  annotations: v.optional(v.record(v.string(), v.string())),
});

const Issuer = v.strictObject({
  id: v.string(),
  account: v.string(),
  max_ttl: Count,
  type: v.string(),
  data: v.looseObject({}),
  created_at: Time,
  modified_at: Time,
});
const StaticSecret = v.strictObject({
  branch: v.pipe(v.string(), v.startsWith('/')),
  name: v.string(),
  mime_type: v.optional(v.string()),
  annotations: v.record(v.string(), v.string()),
  permissions: v.strictObject({ href: v.string() }),
});
const Permissions = v.strictObject({
  permissions: v.array(v.strictObject({ subject: Owner, privileges: v.array(v.string()) })),
  count: Count,
});
const Values = v.strictObject({
  secrets: v.array(
    v.strictObject({ id: v.string(), value: v.optional(v.string()), status: v.picklist([200, 403, 404, 406]) }),
  ),
});

const JSON_TYPE = /^application\/json; charset=utf-8$/;
const V2_TYPE = /application\/x\.secretsmgr\.v2(?:beta)?\+json/;
const json = (body: v.GenericSchema): Shape => ({ type: JSON_TYPE, body });
const v2 = (body: v.GenericSchema): Shape => ({ type: V2_TYPE, body });
const text = (pattern: RegExp): Shape => ({
  type: /^text\/plain; charset=utf-8$/,
  body: v.pipe(v.string(), v.regex(pattern)),
});
const NO_CONTENT: Shape = { type: /^$/, body: 'empty' };
const CREATED: Shape = { type: /^text\/html$/, body: 'empty' };
const LOGIN = [json(Token), text(/^[A-Za-z0-9+/]+=*$/)];

/**
 * What each operation answers when it succeeds: one description of the wire format, from the recorded conversations. A query
 * stands before the operation of the same path without one.
 */
const OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: /^\/authn.*\/authenticate$/, answers: { 200: LOGIN } },
  { method: 'GET', path: /^\/authn.*\/login$/, answers: { 200: text(/^.+$/s) } },
  { method: 'PUT', path: /^\/authn\/[^/]+\/api_key$/, answers: { 200: text(/^\S+$/) } },
  {
    method: 'GET',
    path: /^\/authn\/[^/]+\/api_key$/,
    answers: { 200: json(v.strictObject({ role: Id, timestamp: Time })) },
  },
  { method: 'PUT', path: /^\/authn\/[^/]+\/password$/, answers: { 204: NO_CONTENT } },
  {
    method: 'GET',
    path: /^\/authn.*\/status$/,
    answers: { 200: json(v.strictObject({ status: v.literal('ok') })) },
  },
  { method: 'GET', path: /^\/authn-oidc\/[^/]+\/providers$/, answers: { 200: json(v.array(v.looseObject({}))) } },
  { method: 'PATCH', path: /^\/authn/, answers: { 204: NO_CONTENT } },
  {
    method: 'GET',
    path: /^\/$/,
    answers: {
      200: [
        json(v.strictObject({ version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+/)) })),
        {
          type: /^text\/html; charset=utf-8$/,
          body: v.pipe(v.string(), v.regex(/<dd>Version \d+\.\d+\.\d+-\d+<\/dd>/)),
        },
      ],
    },
  },
  {
    method: 'GET',
    path: /^\/authenticators$/,
    answers: {
      200: json(
        v.strictObject({
          installed: v.array(v.string()),
          configured: v.array(v.string()),
          enabled: v.array(v.string()),
        }),
      ),
    },
  },
  {
    method: 'GET',
    path: /^\/whoami$/,
    answers: {
      200: json(
        v.strictObject({
          client_ip: v.string(),
          user_agent: v.nullable(v.string()),
          account: v.string(),
          username: v.string(),
          token_issued_at: Time,
        }),
      ),
    },
  },
  {
    method: 'GET',
    path: /^\/secrets$/,
    answers: { 200: json(v.record(Id, v.string())) },
  },
  { method: 'POST', path: /^\/issuers\/[^/]+$/, answers: { 201: json(Issuer) } },
  {
    method: 'GET',
    path: /^\/issuers\/[^/]+$/,
    answers: { 200: json(v.strictObject({ issuers: v.array(Issuer) })) },
  },
  {
    method: 'GET',
    path: /^\/issuers\//,
    answers: { 200: [json(Issuer), json(v.strictObject({ max_ttl: Count }))] },
  },
  { method: 'PATCH', path: /^\/issuers\//, answers: { 200: json(Issuer) } },
  { method: 'DELETE', path: /^\/issuers\//, answers: { 204: NO_CONTENT } },
  { method: 'POST', path: /^\/secrets\/static$/, answers: { 201: v2(StaticSecret) } },
  { method: 'PUT', path: /^\/secrets\/static\//, answers: { 200: v2(StaticSecret) } },
  { method: 'GET', path: /^\/secrets\/static\/.*\/permissions$/, answers: { 200: v2(Permissions) } },
  { method: 'GET', path: /^\/secrets\/static\//, answers: { 200: v2(StaticSecret) } },
  { method: 'POST', path: /^\/secrets\/values$/, answers: { 200: v2(Values) } },
  { method: 'GET', path: /^\/secrets\//, answers: { 200: { type: /^.+$/, body: 'any' } } },
  { method: 'POST', path: /^\/secrets\//, answers: { 201: CREATED } },
  { method: 'GET', path: /^\/resources\//, query: 'check', answers: { 204: NO_CONTENT } },
  { method: 'GET', path: /^\/resources\//, query: 'permitted_roles', answers: { 200: json(v.array(Id)) } },
  { method: 'GET', path: /^\/resources(?:\/[^/]+){0,2}$/, answers: { 200: [json(v.array(Resource)), json(Counted)] } },
  { method: 'GET', path: /^\/resources\//, answers: { 200: json(Resource) } },
  {
    method: 'GET',
    path: /^\/roles\//,
    query: 'graph',
    answers: { 200: json(v.array(v.strictObject({ parent: Id, child: Id }))) },
  },
  { method: 'GET', path: /^\/roles\//, query: 'all', answers: { 200: [json(v.array(Id)), json(Counted)] } },
  {
    method: 'GET',
    path: /^\/roles\//,
    query: 'memberships',
    answers: { 200: [json(v.array(Membership)), json(Counted)] },
  },
  { method: 'GET', path: /^\/roles\//, query: 'members', answers: { 200: [json(v.array(Membership)), json(Counted)] } },
  {
    method: 'GET',
    path: /^\/roles\//,
    answers: {
      200: json(v.strictObject({ created_at: Time, id: Id, policy: v.optional(Id), members: v.array(Membership) })),
    },
  },
  { method: 'POST', path: /^\/roles\//, query: 'members', answers: { 204: NO_CONTENT } },
  { method: 'DELETE', path: /^\/roles\//, query: 'members', answers: { 204: NO_CONTENT } },
  {
    method: 'GET',
    path: /^\/policies\//,
    answers: { 200: [json(v.array(v.looseObject({}))), { type: /^application\/x-yaml; charset=utf-8$/, body: 'any' }] },
  },
  ...['POST', 'PATCH', 'PUT'].map((method) => ({
    method,
    path: /^\/policies\//,
    answers: { 200: json(DryRun), 201: json(Load), 422: json(DryRunFault) },
  })),
  {
    method: 'POST',
    path: /^\/host_factory_tokens$/,
    answers: {
      200: json(
        v.array(
          v.strictObject({ expiration: Time, cidr: v.array(v.string()), token: v.pipe(v.string(), v.minLength(20)) }),
        ),
      ),
    },
  },
  { method: 'DELETE', path: /^\/host_factory_tokens\//, answers: { 204: NO_CONTENT } },
  {
    method: 'POST',
    path: /^\/host_factories\/hosts$/,
    answers: { 201: json(v.strictObject({ ...resource, api_key: v.nullable(ApiKey) })) },
  },
  { method: 'GET', path: /^\/public_keys\//, answers: { 200: text(/\n$/) } },
  {
    method: 'GET',
    path: /^\/branches\/[^/]+$/,
    answers: { 200: v2(v.strictObject({ branches: v.array(Branch), count: Count })) },
  },
  { method: 'POST', path: /^\/branches\//, answers: { 201: v2(Branch) } },
  { method: 'GET', path: /^\/branches\//, answers: { 200: v2(Branch) } },
  { method: 'PATCH', path: /^\/branches\//, answers: { 200: v2(Branch) } },
  { method: 'DELETE', path: /^\/branches\//, answers: { 204: { type: V2_TYPE, body: 'empty' } } },
  { method: 'POST', path: /^\/groups\//, answers: { 201: v2(Owner) } },
  { method: 'DELETE', path: /^\/groups\//, answers: { 204: { type: V2_TYPE, body: 'empty' } } },
  {
    method: 'GET',
    path: /^\/authenticators\/[^/]+$/,
    answers: { 200: v2(v.strictObject({ authenticators: v.array(V2Authenticator), count: Count })) },
  },
  { method: 'POST', path: /^\/authenticators\//, answers: { 201: v2(V2Authenticator) } },
  { method: 'GET', path: /^\/authenticators\//, answers: { 200: v2(V2Authenticator) } },
  { method: 'PATCH', path: /^\/authenticators\//, answers: { 200: v2(V2Authenticator) } },
  { method: 'DELETE', path: /^\/authenticators\//, answers: { 204: { type: V2_TYPE, body: 'empty' } } },
];

const Coded = v.strictObject({
  error: v.strictObject({
    code: v.pipe(v.string(), v.regex(/^[a-z_]+$/)),
    message: v.string(),
    target: v.optional(v.nullable(v.string())),
    details: v.optional(v.union([v.looseObject({ code: v.string() }), v.array(v.looseObject({ code: v.string() }))])),
    innererror: v.optional(v.strictObject({ code: v.string(), filename: v.string(), line: Count, column: Count })),
  }),
});

/** What an answer of 400 and more may be, on any path. */
const REFUSALS: readonly Shape[] = [
  { type: /^text\/html(?:; charset=utf-8)?$/, body: 'empty' },
  { type: /^$/, body: 'empty' },
  json(Coded),
  json(v.strictObject({ status: v.pipe(v.number(), v.minValue(400)), error: v.string() })),
  json(v.strictObject({ status: v.literal('error'), error: v.string() })),
  {
    type: /^text\/plain$/,
    body: v.picklist(['Authorization missing', 'Malformed authorization token', 'Unauthorized: Invalid token']),
  },
  v2(v.strictObject({ code: v.pipe(v.string(), v.regex(/^[45]\d\d$/)), message: v.string() })),
];

/** The vendor's service has a prefix, and its V2 API names no account. */
function toSelfHosted(path: string): string {
  if (!path.startsWith('/api/')) return path;
  return path.slice('/api'.length).replace(/^\/(branches|groups|authenticators)(?=\/|$)/, '/$1/conjur');
}

/** What is wrong with the form of an answer; undefined for one that every client can read. */
export function findWireFault(exchange: Exchange): string | undefined {
  const { method, target, status, headers } = exchange;
  const [path = '', query = ''] = target.split('?');
  const route = toSelfHosted(path)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  const names = new Set(query.split('&').map((pair) => pair.split('=', 1)[0]));
  const operation = OPERATIONS.find(
    (known) =>
      known.method === method && known.path.test(route) && (known.query === undefined || names.has(known.query)),
  );
  const described = operation?.answers[status];
  const own = described === undefined ? [] : Array.isArray(described) ? described : [described];
  const shapes: readonly Shape[] = status >= 400 ? [...own, ...REFUSALS] : own;
  const where = `${method} ${target} → ${status}`;
  if (shapes.length === 0) return `${where}: no description of the wire format knows this answer`;
  if (status === 409 && /^\/policies\//.test(route) && !/^[1-8]$/.test(headers['retry-after'] ?? ''))
    return `${where}: no retry-after from 1 to 8`;
  const faults = shapes.map((shape) => findShapeFault(shape, exchange));
  return faults.includes(undefined) ? undefined : `${where}: ${faults.join(' | ')}`;
}

function findShapeFault({ type, body }: Shape, exchange: Exchange): string | undefined {
  const given = exchange.headers['content-type'] ?? '';
  if (!type.test(given)) return `content-type "${given}" is not ${type.source}`;
  if (body === 'any') return undefined;
  if (body === 'empty') return exchange.body.length === 0 ? undefined : 'the body is not empty';
  const isJson = /json/.test(given);
  const parsed = v.safeParse(body, isJson ? parseJson(exchange.body) : exchange.body.toString());
  if (parsed.success) return undefined;
  const [issue] = parsed.issues;
  return `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
