/** A call as a person thinks of it, before a front makes an event of it. */
export interface PlainCall {
  readonly method: string;
  /** Not encoded: `/secrets/app/db password`. */
  readonly path: string;
  /** As on the wire, without the `?`. */
  readonly query?: string;
  readonly body?: unknown;
}

/** Makes the event that a front sends for a call. */
export type Front = (call: PlainCall) => unknown;

const ACCOUNT = '123456789012';
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/teams/${name}`;
const sessionArn = (name: string): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/anybody`;

/** An HTTP API with payload 2.0: the path arrives decoded. */
export function httpApi(authorizer: object | undefined): Front {
  return ({ method, path, query = '', body }) => ({
    version: '2.0',
    ...routeOf(method, path),
    rawPath: path,
    rawQueryString: query,
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path }, ...(authorizer === undefined ? {} : { authorizer }) },
    ...bodyOf(body),
  });
}

/** A REST API: the path arrives as it was sent. */
export function restApi(requestContext: object): Front {
  return ({ method, path, query = '', body }) => {
    const sent = path.split('/').map(encodeURIComponent).join('/');
    const { routeKey, pathParameters } = routeOf(method, sent);
    return {
      resource: String(routeKey).split(' ')[1],
      httpMethod: method,
      path: sent,
      pathParameters,
      headers: { 'Content-Type': 'application/json' },
      multiValueQueryStringParameters: toMultiValues(query),
      requestContext,
      ...bodyOf(body),
    };
  };
}

/** A function URL: payload 2.0, the path as it was sent. */
export function functionUrl(authorizer: object): Front {
  return ({ method, path, query = '', body }) => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path.split('/').map(encodeURIComponent).join('/'),
    rawQueryString: query,
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method }, authorizer },
    ...bodyOf(body),
  });
}

function routeOf(method: string, path: string): { routeKey: string; pathParameters?: object } {
  const [, name] = /^\/secrets\/(.+)$/s.exec(path) ?? [];
  if (name === undefined) return { routeKey: `${method} ${path}` };
  return { routeKey: `${method} /secrets/{name+}`, pathParameters: { name } };
}

function toMultiValues(query: string): Record<string, string[]> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

function bodyOf(body: unknown): object {
  return body === undefined ? {} : { body: JSON.stringify(body), isBase64Encoded: false };
}

/** Each way in which a front tells who calls: the same caller by every authorizer that can name it. */
export const asRole = (name: string): Readonly<Record<string, Front>> => ({
  'HTTP API with iam': httpApi({ iam: { userArn: sessionArn(name) } }),
  'REST API with iam': restApi({ identity: { userArn: sessionArn(name) } }),
  'function URL with iam': functionUrl({ iam: { userArn: sessionArn(name) } }),
});

export const asSubject = (sub: string): Readonly<Record<string, Front>> => ({
  'HTTP API with jwt': httpApi({ jwt: { claims: { sub, iss: 'https://issuer.example.com' } } }),
  'HTTP API with lambda': httpApi({ lambda: { sub } }),
  'REST API with a user pool': restApi({ identity: { userArn: null }, authorizer: { claims: { sub } } }),
  'REST API with a function': restApi({ authorizer: { principalId: 'x', sub } }),
});

export const asNobody: Readonly<Record<string, Front>> = {
  'HTTP API without authorizer': httpApi(undefined),
  'HTTP API with an account root': httpApi({ iam: { userArn: `arn:aws:iam::${ACCOUNT}:root` } }),
};
