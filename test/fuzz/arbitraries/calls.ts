import fc from 'fast-check';
import { anyText } from './any-text.ts';
import { CREDENTIAL_ID } from './foreign-events.ts';
import { oddName, secretName, VIRTUAL_KEY_NAME } from './secret-names.ts';

/** What is asked of a function, before it is known which way it comes in. */
export interface Call {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const without = <T extends object>(record: T): Partial<T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>;
const fields = <T extends Record<string, fc.Arbitrary<unknown>>>(shape: T) => fc.record(shape).map(without);

const version = fc.constantFrom(1, 2, 3, 20, 21, 2 ** 31 - 1);
const text = fc.oneof(
  fc.constantFrom(
    's3cret',
    '12345',
    'true',
    'null',
    ' ',
    '\n',
    '\ud800',
    '{"value":1}',
    'ключ',
    '\ufeffx',
    'v'.repeat(66_000),
  ),
  anyText(40),
);
const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const encoded = fc.oneof(
  { weight: 6, arbitrary: fields({ value: text, encoding: optional(fc.constant('utf-8')) }) },
  { weight: 3, arbitrary: fields({ value: base64, encoding: fc.constant('base64') }) },
  { weight: 1, arbitrary: fields({ value: text, encoding: fc.constant('base64') }) },
);
const definition = fields({
  mime_type: optional(fc.constantFrom('text/plain', 'application/x-pem-file', 'text/plain; charset=utf-8', 'text')),
  annotations: optional(fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), anyText(20), { maxKeys: 4 })),
});
const value = fc.tuple(encoded, definition).map(([a, b]) => ({ ...a, ...b }));
const named = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.tuple(secretName, arbitrary).map(([name, rest]) => ({ name, ...rest }));

const list = fields({
  search: optional(fc.oneof(fc.constantFrom('app', 'db', '', '%', "'", ':*', '"'), anyText(12))),
  limit: optional(fc.constantFrom(1, 2, 100, 999, 1_000)),
  cursor: optional(fc.constantFrom('bzA', 'bzI', 'bzk5OTk5OTk5OQ', 'x', '')),
});

/** Direct calls of read-secret. */
export const readPayload: fc.Arbitrary<unknown> = fc.oneof(
  named(fields({ version: optional(version), fresh: optional(fc.boolean()) })),
  fields({ names: fc.array(secretName, { minLength: 1, maxLength: 12 }), fresh: optional(fc.boolean()) }),
  fc.record({ list }),
  fc.constant({ health: true }),
);

/** Direct calls of write-secret. */
export const writePayload: fc.Arbitrary<unknown> = fc.oneof(
  named(fc.tuple(value, fields({ version: optional(fc.boolean()) })).map(([a, b]) => ({ ...a, ...b }))),
  fc.record({ secrets: fc.uniqueArray(named(value), { selector: ({ name }) => name, minLength: 1, maxLength: 4 }) }),
  fc.record({ secrets: fc.array(named(value), { minLength: 2, maxLength: 4 }) }),
  fc.record({
    virtual_key: fields({
      key: text,
      key_alias: optional(fc.oneof(oddName, fc.constant('of s3cret'))),
      token_id: fc.constantFrom('a'.repeat(64), 'tok', '../x', 's3cret'),
    }),
  }),
  fc.record({ delete: secretName }),
);

const random = named(
  fields({
    strategy: fc.constant('random'),
    length: optional(fc.constantFrom(16, 32, 4_096, 15)),
    alphabet: optional(fc.constantFrom('0123456789', 'abc', '😀😁😂🤣😃😄😅😆😉😊')),
    prefix: optional(fc.constantFrom('sk-', '')),
    return_value: optional(fc.boolean()),
  }),
);
const supplied = named(
  fields({
    strategy: fc.constant('supplied'),
    new_value: text,
    new_name: optional(secretName),
    encoding: optional(fc.constantFrom('utf-8', 'utf-8', 'base64')),
  }),
);
const virtualKey = fields({
  strategy: fc.constant('litellm-virtual-key'),
  name: fc.oneof({ weight: 3, arbitrary: fc.constant(VIRTUAL_KEY_NAME) }, secretName),
  grace_period: optional(fc.constantFrom('24h', '0s', 'soon')),
});
const apiKey = fields({
  strategy: fc.constant('conjur-api-key'),
  secret_id: optional(fc.constantFrom(CREDENTIAL_ID, 'no/such')),
});

/** Direct calls of rotate-key. Those that go to AWS and LiteLLM are rarer: they take a socket. */
export const rotatePayload: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: random },
  { weight: 6, arbitrary: supplied },
  { weight: 1, arbitrary: virtualKey },
  { weight: 1, arbitrary: apiKey },
);

const json = (body: unknown): Pick<Call, 'headers' | 'body'> => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
const bodies = (payload: fc.Arbitrary<unknown>): fc.Arbitrary<Pick<Call, 'headers' | 'body'>> =>
  fc.oneof(
    { weight: 6, arbitrary: payload.map(json) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('', '{', '[]', 'null', '"x"', '{"__proto__":{"value":"x"}}', '['.repeat(5_000))
        .map((body) => ({
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body,
        })),
    },
    {
      weight: 2,
      arbitrary: fc
        .uint8Array({ maxLength: 60 })
        .map((bytes) => ({ headers: { 'content-type': 'text/plain' }, body: Buffer.from(bytes) })),
    },
  );

const bare = { query: [], headers: {}, body: undefined };

const readCall: fc.Arbitrary<Call> = fc.oneof(
  fc
    .record({
      name: secretName,
      version: optional(fc.constantFrom('1', '2', '0', '99', '-1', '1e3', '999999999999999', '')),
      fresh: optional(fc.constantFrom('true', 'false', '', 'yes')),
      accept: optional(fc.constantFrom('application/octet-stream', 'application/json', '*/*', ',;,')),
    })
    .map(({ name, version: asked, fresh, accept }) => ({
      ...bare,
      method: 'GET',
      path: `/secrets/${name}`,
      query: Object.entries(without({ version: asked, fresh })).map(([key, given]) => [key, String(given)] as const),
      headers: accept === undefined ? {} : { Accept: accept },
    })),
  fc.array(secretName, { minLength: 1, maxLength: 12 }).map((names) => ({
    ...bare,
    method: 'GET',
    path: '/secrets',
    query: names.map((name) => ['name', name] as const),
  })),
  list.map((options) => ({
    ...bare,
    method: 'GET',
    path: '/secrets',
    query: Object.entries(options).map(([key, option]) => [key, String(option)] as const),
  })),
  fc.constant({ ...bare, method: 'GET', path: '/health' }),
);

const writeCall: fc.Arbitrary<Call> = fc.oneof(
  fc
    .tuple(secretName, bodies(value))
    .map(([name, body]) => ({ ...bare, ...body, method: 'PUT', path: `/secrets/${name}` })),
  bodies(writePayload).map((body) => ({ ...bare, ...body, method: 'POST', path: '/secrets' })),
  bodies(fields({ key: text, key_alias: optional(oddName), token_id: fc.constantFrom('b'.repeat(64), 'tok') })).map(
    (body) => ({
      ...bare,
      ...body,
      method: 'POST',
      path: '/virtual-keys',
    }),
  ),
  secretName.map((name) => ({ ...bare, method: 'DELETE', path: `/secrets/${name}` })),
);

const rotateCall: fc.Arbitrary<Call> = bodies(rotatePayload).map((body) => ({
  ...bare,
  ...body,
  method: 'POST',
  path: '/rotations',
}));

/** Calls that no function serves, or not this one. */
const strayCall: fc.Arbitrary<Call> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'get', ''),
  path: fc.constantFrom(
    '/',
    '',
    '/secrets',
    '/secrets/',
    '/secret/x',
    '/health',
    '/virtual-keys',
    '/rotations',
    '/prod/secrets/a',
    '//secrets//a',
  ),
  query: fc.constantFrom([], [['name', 'x']] as const, [['limit', 'x']] as const),
  headers: fc.constant({}),
  body: fc.constantFrom(undefined, '', '{}'),
});

export const CALLS = {
  'read-secret': fc.oneof({ weight: 8, arbitrary: readCall }, { weight: 1, arbitrary: strayCall }),
  'write-secret': fc.oneof({ weight: 8, arbitrary: writeCall }, { weight: 1, arbitrary: strayCall }),
  'rotate-key': fc.oneof({ weight: 8, arbitrary: rotateCall }, { weight: 1, arbitrary: strayCall }),
};

export const PAYLOADS = {
  'read-secret': readPayload,
  'write-secret': writePayload,
  'rotate-key': rotatePayload,
};
