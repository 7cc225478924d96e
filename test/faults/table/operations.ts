import { randomUUID } from 'node:crypto';
import type { ConjurClient } from '../../../lib/client.ts';
import type { Deadline } from '../../../lib/clock.ts';
import { Secret } from '../../../lib/secret.ts';
import type { FaultWorld } from './fault-world.ts';
import type { FunctionName } from './functions-of.ts';

/** What an operation is done with. */
export interface Actor {
  invoke(name: FunctionName, event: unknown): Promise<unknown>;
  readonly client: ConjurClient;
  readonly deadline: Deadline;
}

/** One try of an operation, with names and values of its own. */
export interface Trial {
  /** @returns what went wrong with parts of it, by code; nothing where all went well */
  run(actor: Actor): Promise<readonly string[]>;
  /** What an operator finds afterwards. @throws Error where an acknowledged write is lost, or something is half done */
  check(world: FaultWorld, succeeded: boolean): Promise<void>;
  /** Everything that must not be told. */
  readonly secrets: readonly string[];
}

export interface Operation {
  readonly name: string;
  /** Of its requests, those that faults are done to. */
  isFaulted(requestLine: string): boolean;
  /** False: the client has no session token yet. */
  readonly warm: boolean;
  prepare(world: FaultWorld): Promise<Trial>;
}

const value = (): string => `value-${randomUUID()}`;
const isAuthentication = (line: string): boolean => /^POST \/authn\/.*\/authenticate /.test(line);

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'read',
    warm: true,
    isFaulted: (line) => line.startsWith('GET /secrets/'),
    async prepare({ admin }) {
      const [name, stored] = [`read/${randomUUID()}`, value()];
      await admin.writeSecret(name, stored, { reportVersion: false });
      return {
        secrets: [stored],
        async run({ invoke }) {
          const answer = await invoke('read-secret', { name });
          if ((answer as { value: string }).value !== stored) throw new Error('another value was read');
          return [];
        },
        check: async () => undefined,
      };
    },
  },
  {
    name: 'batch',
    warm: true,
    isFaulted: (line) => line.startsWith('GET /secrets'),
    async prepare({ admin }) {
      const stored = Array.from({ length: 3 }, () => ({ name: `batch/${randomUUID()}`, value: value() }));
      await admin.writeSecrets(
        stored.map((secret) => ({ name: secret.name, value: Secret.of(secret.value) })),
        { reportVersion: false },
      );
      return {
        secrets: stored.map((secret) => secret.value),
        async run({ invoke }) {
          const answer = (await invoke('read-secret', { names: stored.map(({ name }) => name) })) as {
            secrets: { name: string; value: string }[];
            errors: { code: string }[];
          };
          for (const { name, value: read } of answer.secrets) {
            if (stored.find((secret) => secret.name === name)?.value !== read)
              throw new Error('another value was read');
          }
          if (answer.secrets.length + answer.errors.length !== stored.length) throw new Error('a name was lost');
          return answer.errors.map(({ code }) => code);
        },
        check: async () => undefined,
      };
    },
  },
  {
    name: 'write',
    warm: true,
    isFaulted: (line) => line.startsWith('POST /secrets/'),
    async prepare({ admin }) {
      const [name, before, after] = [`write/${randomUUID()}`, value(), value()];
      await admin.writeSecret(name, before, { reportVersion: false });
      return { secrets: [before, after], ...toWrite(name, after, before) };
    },
  },
  {
    name: 'policy load',
    warm: true,
    isFaulted: (line) => line.startsWith('POST /policies/'),
    async prepare() {
      const [name, after] = [`new/${randomUUID()}`, value()];
      return { secrets: [after], ...toWrite(name, after, undefined) };
    },
  },
  {
    name: 'authenticate',
    warm: false,
    isFaulted: isAuthentication,
    prepare: async () => ({
      secrets: [],
      async run({ invoke }) {
        await invoke('read-secret', { health: true });
        return [];
      },
      check: async () => undefined,
    }),
  },
  {
    name: 'rotate',
    warm: true,
    isFaulted: (line) => !isAuthentication(line),
    async prepare({ admin }) {
      const [name, before] = [`rotate/${randomUUID()}`, value()];
      let rotated: string | undefined;
      await admin.writeSecret(name, before, { reportVersion: false });
      return {
        secrets: [before],
        async run({ invoke }) {
          const answer = await invoke('rotate-key', { name, strategy: 'random', return_value: true });
          rotated = (answer as { value: string }).value;
          return [];
        },
        async check(world, succeeded) {
          const stored = await read(world, name);
          if (succeeded && stored !== rotated)
            throw new Error('the value that was answered is not the one that stands');
          if (stored === undefined) throw new Error('the secret lost its value');
        },
      };
    },
  },
  {
    name: 'rotate api key',
    warm: true,
    isFaulted: (line) => /^PUT \/authn\/.*\/api_key/.test(line),
    async prepare({ admin }) {
      const host = `h-${randomUUID()}`;
      const { createdRoles } = await admin.loadPolicy('root', `- !host ${host}`);
      let key = createdRoles.get(`default:host:${host}`);
      return {
        secrets: [key?.expose() ?? ''],
        async run({ client, deadline }) {
          key = await client.rotateApiKeyOf(`host:${host}`, { deadline });
          return [];
        },
        async check(world, succeeded) {
          if (succeeded && !(await world.logsIn(`host/${host}`, key?.expose() ?? '')))
            throw new Error('the new key is not alive');
        },
      };
    },
  },
];

function toWrite(name: string, after: string, before: string | undefined): Pick<Trial, 'run' | 'check'> {
  return {
    async run({ invoke }) {
      await invoke('write-secret', { name, value: after });
      return [];
    },
    async check(world, succeeded) {
      const stored = await read(world, name);
      if (succeeded && stored !== after) throw new Error('an acknowledged write was lost');
      if (stored !== after && stored !== before) throw new Error('a value stands that nobody wrote');
    },
  };
}

async function read({ admin }: FaultWorld, name: string): Promise<string | undefined> {
  const { items: secrets } = await admin.readSecrets([name]);
  return secrets[0]?.value.expose();
}
