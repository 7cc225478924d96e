import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseHttp as parseRead, parseDirect as parseReadDirect } from '../../../../functions/read-secret/api.ts';
import { parseHttp as parseRotate } from '../../../../functions/rotate-key/api.ts';
import { isHttpEvent, parseHttpEvent } from '../../../../functions/runtime/http.ts';
import { parseHttp as parseWrite } from '../../../../functions/write-secret/api.ts';

const NAME = 'app/db password+100%';
const ENCODED = NAME.split('/').map(encodeURIComponent).join('/');

interface Kind {
  readonly kind: string;
}

interface Route {
  readonly method: string;
  /** As the stack declares it. */
  readonly route: string;
  readonly query?: string;
  readonly body?: string;
  readonly parse: (call: ReturnType<typeof parseHttpEvent>) => Kind | Promise<Kind>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const JSON_BODY = '{"value":"v"}';
const VIRTUAL_KEY = '{"key":"sk-1","key_alias":"team","token_id":"hash"}';

const ROUTES: readonly Route[] = [
  { method: 'GET', route: '/secrets', parse: parseRead, expected: { kind: 'list' } },
  {
    method: 'GET',
    route: '/secrets',
    query: 'name=a&name=b',
    parse: parseRead,
    expected: { kind: 'many', names: ['a', 'b'] },
  },
  { method: 'GET', route: '/secrets/{name+}', parse: parseRead, expected: { kind: 'one', name: NAME } },
  { method: 'GET', route: '/health', parse: parseRead, expected: { kind: 'health' } },
  {
    method: 'PUT',
    route: '/secrets/{name+}',
    body: JSON_BODY,
    parse: parseWrite,
    expected: { kind: 'one', secret: expect.objectContaining({ name: NAME }) },
  },
  {
    method: 'POST',
    route: '/secrets',
    body: '{"secrets":[{"name":"a","value":"v"}]}',
    parse: parseWrite,
    expected: { kind: 'many' },
  },
  { method: 'POST', route: '/virtual-keys', body: VIRTUAL_KEY, parse: parseWrite, expected: { kind: 'virtual-key' } },
  { method: 'DELETE', route: '/secrets/{name+}', parse: parseWrite, expected: { kind: 'delete', name: NAME } },
  {
    method: 'POST',
    route: '/rotations',
    body: '{"name":"a","strategy":"random"}',
    parse: parseRotate,
    expected: { kind: 'rotation' },
  },
];

const JSON_TYPE = { 'content-type': 'application/json' };

function queryOf({ query = '' }: Route): Record<string, unknown> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) values[name] = [...(values[name] ?? []), value];
  return {
    multiValueQueryStringParameters: query === '' ? null : values,
    queryStringParameters: query === '' ? null : Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Payload 2.0. @param front what stands before the path: a stage, or the base path of a mapping */
function httpApi(route: Route, front: string, routeKey = `${route.method} ${route.route}`): object {
  return {
    version: '2.0',
    routeKey,
    rawPath: front + route.route.replace('{name+}', NAME),
    rawQueryString: route.query ?? '',
    headers: JSON_TYPE,
    requestContext: { http: { method: route.method }, stage: '$default' },
    ...(routeKey !== '$default' && route.route.includes('{name+}') ? { pathParameters: { name: NAME } } : {}),
    body: route.body,
    isBase64Encoded: false,
  };
}

/** Payload 1.0 of an HTTP API. */
function httpApi1(route: Route, front: string): object {
  return {
    version: '1.0',
    resource: route.route,
    path: front + route.route.replace('{name+}', NAME),
    httpMethod: route.method,
    headers: JSON_TYPE,
    requestContext: { httpMethod: route.method, stage: '$default' },
    ...queryOf(route),
    pathParameters: route.route.includes('{name+}') ? { name: NAME } : null,
    body: route.body ?? null,
    isBase64Encoded: false,
  };
}

function restApi(route: Route, front: string): object {
  return {
    resource: route.route,
    path: front + route.route.replace('{name+}', ENCODED),
    httpMethod: route.method,
    headers: { 'Content-Type': 'application/json' },
    requestContext: { httpMethod: route.method, resourcePath: route.route, stage: 'prod' },
    ...queryOf(route),
    pathParameters: route.route.includes('{name+}') ? { name: ENCODED } : null,
    body: route.body ?? null,
    isBase64Encoded: false,
  };
}

/** A REST API with one resource for everything. */
function restProxy(route: Route, front: string): object {
  const path = route.route.replace('{name+}', ENCODED);
  return {
    ...restApi(route, front),
    resource: '/{proxy+}',
    path: front + path,
    pathParameters: { proxy: path.slice(1) },
  };
}

function functionUrl(route: Route): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: route.route.replace('{name+}', ENCODED),
    rawQueryString: route.query ?? '',
    headers: JSON_TYPE,
    requestContext: { http: { method: route.method }, domainName: 'abc.lambda-url.eu-central-1.on.aws' },
    body: route.body && Buffer.from(route.body).toString('base64'),
    isBase64Encoded: true,
  };
}

const FORMS: Readonly<Record<string, (route: Route) => object>> = {
  'HTTP API': (route) => httpApi(route, ''),
  'HTTP API with a stage': (route) => httpApi(route, '/prod'),
  'HTTP API with a mapping': (route) => httpApi(route, '/conjur'),
  'HTTP API with a mapping called secrets': (route) => httpApi(route, '/secrets'),
  'HTTP API with a mapping called health': (route) => httpApi(route, '/health'),
  'HTTP API, payload 1.0': (route) => httpApi1(route, ''),
  'HTTP API, payload 1.0, with a mapping called rotations': (route) => httpApi1(route, '/rotations'),
  'REST API': (route) => restApi(route, ''),
  'REST API with a mapping called secrets': (route) => restApi(route, '/secrets'),
  'REST API with one proxy resource': (route) => restProxy(route, ''),
  'REST API with one proxy resource and a mapping called secrets': (route) => restProxy(route, '/secrets'),
  'function URL': functionUrl,
};

const CELLS = Object.entries(FORMS).flatMap(([form, toEvent]) =>
  ROUTES.map(
    (route) => [form, `${route.method} ${route.route}${route.query ? '?…' : ''}`, toEvent(route), route] as const,
  ),
);

describe(`every front and every route (${CELLS.length} cells)`, () => {
  it.each(CELLS)('%s: %s is that call', async (_, __, event, route) => {
    expect(isHttpEvent(event)).toBe(true);
    expect(await route.parse(parseHttpEvent({ ...event }))).toMatchObject(route.expected);
  });

  it.each(ROUTES.map((route) => [`${route.method} ${route.route}`, route] as const))(
    '$default, whose route says nothing, is told by its path, behind a stage too: %s',
    async (_, route) => {
      for (const front of ['', '/prod', '/team/conjur']) {
        const event = { ...functionUrl(route), rawPath: front + route.route.replace('{name+}', ENCODED) };
        expect(await route.parse(parseHttpEvent(event))).toMatchObject(route.expected);
      }
    },
  );
});

describe('a path is decoded once', () => {
  const pathOf = (domainName: unknown, rawPath: string): string =>
    parseHttpEvent({ routeKey: '$default', rawPath, requestContext: { http: { method: 'GET' }, domainName } }).path;

  it.each(['abc.execute-api.eu-central-1.amazonaws.com', 'secrets.example.com'])(
    'which an HTTP API has done, also for its route $default: %s',
    (domainName) => {
      for (const name of ['a%41', '100%', 'a b', 'ü'])
        expect(pathOf(domainName, `/prod/secrets/${name}`)).toBe(`/secrets/${name}`);
    },
  );

  it.each(['abc.lambda-url.eu-central-1.on.aws', undefined, 1])(
    'which a function URL leaves to the function: %s',
    (domainName) => {
      expect(pathOf(domainName, '/secrets/a%2541')).toBe('/secrets/a%41');
      expect(() => pathOf(domainName, '/secrets/100%')).toThrow('url-encoded');
    },
  );
});

describe('a front that is not promised', () => {
  const alb = {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/1' } },
    httpMethod: 'PUT',
    path: '/secrets/a',
    headers: JSON_TYPE,
    body: JSON_BODY,
  };
  const lattice1 = {
    raw_path: '/secrets/a',
    method: 'PUT',
    headers: JSON_TYPE,
    body: JSON_BODY,
    query_string_parameters: {},
  };
  const lattice2 = {
    version: '2.0',
    path: '/secrets/a',
    method: 'PUT',
    headers: { 'content-type': ['application/json'] },
    body: JSON_BODY,
    requestContext: { serviceNetworkArn: 'arn:aws:vpc-lattice:eu-central-1:1:servicenetwork/sn-1' },
  };

  it.each([
    ['an Application Load Balancer', alb, 'Load Balancer'],
    ['VPC Lattice, payload 1', lattice1, 'Lattice'],
    ['VPC Lattice, payload 2', lattice2, 'Lattice'],
  ])('%s is refused by name, and nothing of it is taken for a value', (_, event, name) => {
    expect(isHttpEvent(event)).toBe(true);
    expect(() => parseHttpEvent(event)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(name) }),
    );
  });

  it('a direct call is none of them', () => {
    expect(isHttpEvent({ name: 'a' })).toBe(false);
    expect(parseReadDirect({ name: 'a' })).toMatchObject({ kind: 'one', name: 'a' });
  });
});

describe('a header that came twice', () => {
  const put = (headers: object): unknown =>
    parseWrite(
      parseHttpEvent({
        resource: '/secrets/{name+}',
        httpMethod: 'PUT',
        pathParameters: { name: 'a' },
        requestContext: {},
        body: JSON_BODY,
        ...headers,
      }),
    );
  const refused = (words: string) =>
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(words) });

  it.each([
    ['content-type', ['application/json', 'text/plain'], 'more than one content type'],
    ['Content-Type', ['text/plain', 'text/plain'], 'more than one content type'],
    ['Content-Encoding', ['gzip', 'identity'], 'compressed'],
  ])('is not passed over where a REST API shows its last value alone: %s %j', (name, values, words) => {
    const headers = { headers: { [name]: values.at(-1) }, multiValueHeaders: { [name]: values } };
    expect(() => put(headers)).toThrow(refused(words));
  });

  it('nor where it was written in two ways', () => {
    const multiValueHeaders = { 'Content-Type': ['text/plain'], 'content-type': ['application/json'] };
    const headers = { 'Content-Type': 'text/plain', 'content-type': 'application/json' };
    expect(() => put({ headers, multiValueHeaders })).toThrow(refused('more than one content type'));
  });

  it('is none where its list has one value, or is no list', () => {
    const headers = { 'Content-Type': 'application/json' };
    for (const list of [['application/json'], 'application/json', null])
      expect(put({ headers, multiValueHeaders: { 'Content-Type': list } })).toMatchObject({
        secret: { name: 'a', mimeType: undefined },
      });
  });
});

describe('a body that is no text', () => {
  const put = (body: Buffer, headers: Record<string, string>): unknown =>
    parseWrite(
      parseHttpEvent({
        version: '2.0',
        routeKey: 'PUT /secrets/{name+}',
        rawPath: '/secrets/a',
        rawQueryString: '',
        headers,
        pathParameters: { name: 'a' },
        requestContext: { http: { method: 'PUT' } },
        body: body.toString('base64'),
        isBase64Encoded: true,
      }),
    );

  it.each([
    ['JSON in Latin-1', Buffer.from('{"value":"café"}', 'latin1'), JSON_TYPE, 'UTF-8'],
    ['half of a surrogate pair in a JSON value', Buffer.from('{"value":"\\ud800"}'), JSON_TYPE, 'surrogate'],
    [
      'half of a surrogate pair in an annotation',
      Buffer.from('{"value":"v","annotations":{"a":"\\udc00"}}'),
      JSON_TYPE,
      'surrogate',
    ],
    ['gzip', gzipSync('value'), { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, 'compressed'],
    ['gzip of JSON', gzipSync(JSON_BODY), { ...JSON_TYPE, 'content-encoding': 'gzip' }, 'compressed'],
  ])('is refused: %s', (_, body, headers, words) => {
    expect(() => put(body, headers)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(words) }),
    );
  });

  it.each(['new_value', 'alphabet', 'prefix'])('half of a surrogate pair in %s of a rotation is refused', (field) => {
    const call = { name: 'a', strategy: field === 'new_value' ? 'supplied' : 'random', [field]: '\ud800abcdefghijk' };
    const event = {
      body: JSON.stringify(call),
      headers: JSON_TYPE,
      httpMethod: 'POST',
      resource: '/rotations',
      requestContext: {},
    };
    expect(() => parseRotate(parseHttpEvent(event))).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('base64 of 5 MB is decoded, and refused where it is none', () => {
    const bytes = Buffer.alloc(5_000_000, 7);
    const json = (value: string) => Buffer.from(JSON.stringify({ value, encoding: 'base64' }));
    expect(put(json(bytes.toString('base64')), JSON_TYPE)).toMatchObject({ kind: 'one' });
    expect(() => put(json(`${bytes.toString('base64').slice(0, -4)}*bad`), JSON_TYPE)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('base64') }),
    );
  });
});

it('the path is that of the present route, whichever came before', () => {
  const routes = [
    ['GET /secrets/{name+}', '/secrets/a/b'],
    ['GET /secrets', '/secrets'],
    ['GET /secrets/{name+}', '/secrets/a/b'],
    ['$default', '/health'],
    ['GET /health', '/health'],
    ['GET /secrets/{name+}', '/secrets/a/b'],
  ] as const;
  const paths = routes.map(([routeKey, rawPath]) => {
    const pathParameters = routeKey.includes('{') ? { name: 'a/b' } : undefined;
    return parseHttpEvent({ version: '2.0', routeKey, rawPath, pathParameters, requestContext: { http: {} } }).path;
  });
  expect(paths).toEqual(routes.map(([, path]) => path));
});
