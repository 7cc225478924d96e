import type { LambdaClient } from '@aws-sdk/client-lambda';
import type * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createSecretsClient, type SecretsClient } from '../../../../functions/client/index.ts';
import type {
  InvokedDeletion,
  InvokedHealth,
  InvokedRotation,
  InvokedSecret,
  InvokedWrite,
  Wire,
  WireBatch,
  WirePage,
} from '../../../../functions/contract/answers.ts';
import type {
  healthAnswer,
  secretAnswer,
  secretListAnswer,
  secretsAnswer,
} from '../../../../functions/contract/read-secret.ts';
import type { rotatedAnswer } from '../../../../functions/contract/rotate-key.ts';
import type { deletedAnswer, writtenAnswer, writtenManyAnswer } from '../../../../functions/contract/write-secret.ts';
import type { CallOptions } from '../../../../lib/clock.ts';
import { isConjurError } from '../../../../lib/errors.ts';

type Send = (command: { input: { Payload: Uint8Array } }, options: { abortSignal: AbortSignal }) => Promise<unknown>;

function clientOf(send: Send): SecretsClient {
  const lambda = { send } as unknown as Pick<LambdaClient, 'send'>;
  return createSecretsClient({
    lambda,
    functionNames: { readSecret: 'read', writeSecret: 'write', rotateKey: 'rotate' },
  });
}

const answering = (answer: unknown): SecretsClient =>
  clientOf(async () => ({ Payload: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)) }));

/** As AWS's client does: it ends by its signal, and else not at all. */
const hanging: Send = (_, { abortSignal }) =>
  new Promise((_resolve, reject) => {
    abortSignal.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
  });

const CALLS: Readonly<Record<string, (secrets: SecretsClient, limits?: Limits) => Promise<unknown>>> = {
  readSecret: (secrets, limits) => secrets.readSecret('a', limits),
  readSecrets: (secrets, limits) => secrets.readSecrets(['a'], limits),
  listVariables: (secrets, limits) => secrets.listVariables(limits),
  health: (secrets, limits) => secrets.health(limits),
  writeSecret: (secrets, limits) => secrets.writeSecret('a', 'v', limits),
  writeSecrets: (secrets, limits) => secrets.writeSecrets([{ name: 'a', value: 'v' }], limits),
  storeVirtualKey: (secrets, limits) => secrets.storeVirtualKey({ key: 'sk-1', tokenId: 't' }, limits),
  deleteSecret: (secrets, limits) => secrets.deleteSecret('a', limits),
  rotateSecret: (secrets, limits) => secrets.rotateSecret({ strategy: 'random', name: 'a' }, limits),
};

type Limits = Pick<CallOptions, 'signal' | 'timeoutMs'>;

describe('every call of the client for callers', () => {
  it('is in this test', () => {
    expectTypeOf<keyof typeof CALLS>().toEqualTypeOf<string>();
    expect(Object.keys(CALLS).sort()).toEqual(Object.keys(answering({})).sort());
  });

  it.each(Object.entries(CALLS))('%s ends by its timeoutMs and by its signal', async (_, call) => {
    await expect(call(clientOf(hanging), { timeoutMs: 5 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const controller = new AbortController();
    const ended = call(clientOf(hanging), { signal: controller.signal });
    controller.abort('shutdown');
    await expect(ended).rejects.toMatchObject({ code: 'deadline_exceeded', cause: 'shutdown' });
    const before = call(clientOf(hanging), { signal: AbortSignal.abort('shutdown') });
    await expect(before).rejects.toMatchObject({ code: 'deadline_exceeded', cause: 'shutdown' });
  });

  it.each(Object.entries(CALLS))(
    '%s refuses a timeoutMs that is none, as a rejection and not a throw',
    async (_, call) => {
      for (const timeoutMs of [0, 1.5, Number.NaN, 900_001])
        await expect(call(clientOf(hanging), { timeoutMs })).rejects.toThrow(TypeError);
    },
  );

  const NONE_OF_IT = [
    { secrets: [null], errors: [] },
    { secrets: [null], cursor: null },
    { secrets: [], errors: [null] },
    { secrets: [1, 'a', []], errors: [] },
    { secrets: null, errors: null },
    { secrets: {}, errors: {} },
    { secrets: [], errors: [{ name: null, code: null, message: null }] },
    { name: null },
    { name: 'a', value: null, encoding: null },
    { name: 'a', value: 'v', encoding: 'latin-1' },
    { name: 'a', value: '*', encoding: 'base64' },
    { name: 'a', created: null, changed: 1, version: 'x' },
    { name: 'a', strategy: 's', version: {}, rotated_at: 1 },
    { cursor: 1, secrets: [] },
    { ok: false, account: 'a', login: 'b', token_age_seconds: 1 },
    {},
    [],
    [null],
    null,
    1,
    'a page: <html>',
    '',
  ];

  it.each(Object.entries(CALLS))('%s makes a ConjurError of every answer that is none', async (name, call) => {
    for (const answer of NONE_OF_IT) {
      const thrown = await call(answering(answer)).then(
        (value) => new Error(`${name} took ${JSON.stringify(answer)} for ${JSON.stringify(value)}`),
        (error: unknown) => error,
      );
      expect(isConjurError(thrown, 'upstream_error'), String(thrown)).toBe(true);
    }
  });
});

// Checked by the compiler: what the schemas of the OpenAPI document say is what the client's types are made of.
it('the answers of the contract, its schemas and the client are of the same types', () => {
  type Same<Schema extends v.GenericSchema, Type> = [v.InferOutput<Schema>] extends [Type]
    ? [Type] extends [v.InferOutput<Schema> | ReadonlyLists<v.InferOutput<Schema>>]
      ? true
      : false
    : false;
  type ReadonlyLists<T> = {
    readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? readonly Item[] : T[Key];
  };
  expectTypeOf<
    [
      Same<typeof secretAnswer, Wire<InvokedSecret>>,
      Same<typeof secretsAnswer, WireBatch<InvokedSecret>>,
      Same<typeof secretListAnswer, WirePage>,
      Same<typeof healthAnswer, Wire<InvokedHealth>>,
      Same<typeof writtenAnswer, Wire<InvokedWrite>>,
      Same<typeof writtenManyAnswer, WireBatch<InvokedWrite>>,
      Same<typeof deletedAnswer, Wire<InvokedDeletion>>,
      Same<typeof rotatedAnswer, Wire<InvokedRotation>>,
    ]
  >().toEqualTypeOf<[true, true, true, true, true, true, true, true]>();
  expectTypeOf<Wire<InvokedWrite>>().toEqualTypeOf<{
    readonly name: string;
    readonly created: boolean;
    readonly changed: boolean | null;
    readonly version: number | null;
  }>();
});
