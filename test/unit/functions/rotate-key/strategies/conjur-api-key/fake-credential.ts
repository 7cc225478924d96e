import type { RotationContext } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/context.ts';
import type {
  SecretVersion,
  SecretVersions,
} from '../../../../../../functions/rotate-key/strategies/conjur-api-key/secret-versions.ts';
import { credentialRefused } from '../../../../../../lib/auth/authenticate.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { type LogFields, silentLogger } from '../../../../../../lib/logger.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

export const BLUE = 'host/app/blue';
export const GREEN = 'host/app/green';
export const ONLY = 'host/app/only';

type Label = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

interface StoredVersion {
  /** Undefined: it has no value yet. */
  readonly content: object | undefined;
  readonly labels: readonly Label[];
  readonly createdAtMs?: number | undefined;
}

/** A credential of a pair, or of a single host where no hosts are given. */
export function contentOf(username: string, apiKey: string, more: object = { hosts: [BLUE, GREEN] }): object {
  return { username, api_key: apiKey, ...more };
}

/** A secret in Secrets Manager and the hosts in Conjur whose keys it holds, both in memory. */
export class FakeCredential {
  /** `read version v1`, `rotate host/app/green as host/app/blue`, in the order in which they came. */
  readonly calls: string[] = [];
  readonly warnings: (LogFields | undefined)[] = [];
  readonly ages: unknown[] = [];
  readonly versions: Map<string, StoredVersion>;
  /** The key that Conjur takes, by login. */
  readonly keys: Map<string, string>;
  readonly clock = new FakeClock();
  rotationEnabled = true;
  /** What somebody else does, or a fault: run before each call, with its words. */
  before: (call: string) => void = () => undefined;
  #made = 0;

  constructor(versions: Readonly<Record<string, StoredVersion>>, keys: Readonly<Record<string, string>>) {
    this.versions = new Map(Object.entries(versions));
    this.keys = new Map(Object.entries(keys));
  }

  /** Puts a label on a version, and so takes it off the others. */
  label(label: Label, to: string): void {
    for (const [id, version] of this.versions) {
      const others = version.labels.filter((one) => one !== label);
      this.versions.set(id, { ...version, labels: id === to ? [...others, label] : others });
    }
  }

  holderOf(label: Label): string | undefined {
    return [...this.versions].find(([, { labels }]) => labels.includes(label))?.[0];
  }

  contextFor(versionId: string): RotationContext {
    return {
      deps: this.deps as never,
      versions: this.#secretVersions,
      secretId: 'app/credential',
      versionId,
      rotationToken: undefined,
      deadline: new Deadline(this.clock, 60_000),
    };
  }

  get deps(): object {
    return {
      clock: this.clock,
      conjur: this.#clientOf('admin'),
      connectAs: ({ login, apiKey }: { login: string; apiKey: Secret }) => this.#clientOf(login, apiKey),
      logger: { ...silentLogger, warn: (_: string, fields?: LogFields) => void this.warnings.push(fields) },
      randomUuid: () => 'drawn',
      recordMetrics: (metrics: unknown) => void this.ages.push(metrics),
      loadSecretVersions: async () => this.#secretVersions,
    };
  }

  get #secretVersions(): SecretVersions {
    return {
      describe: async () => {
        this.#note('describe');
        const stages = new Map([...this.versions].map(([id, { labels }]) => [id, labels]));
        return { arn: 'arn', name: 'app/credential', rotationEnabled: this.rotationEnabled, stages };
      },
      read: async (_, which) => {
        this.#note('stage' in which ? `read ${which.stage}` : `read version ${which.versionId}`);
        return this.#read('stage' in which ? this.holderOf(which.stage) : which.versionId);
      },
      putPending: async (_, { versionId, content }) => {
        this.#note(`put ${versionId}`);
        if (this.versions.get(versionId)?.content !== undefined) return false;
        this.versions.set(versionId, { content: JSON.parse(content.expose()) as object, labels: [] });
        this.label('AWSPENDING', versionId);
        return true;
      },
      moveCurrent: async (_, { from, to }) => {
        this.#note(`move ${from} to ${to}`);
        if (this.holderOf('AWSCURRENT') !== from) return false;
        this.label('AWSPREVIOUS', from);
        this.label('AWSCURRENT', to);
        return true;
      },
      dropPending: async (_, versionId) => {
        this.#note(`drop ${versionId}`);
        const version = this.versions.get(versionId);
        if (version?.labels.includes('AWSPENDING') !== true) return false;
        this.versions.set(versionId, { ...version, labels: version.labels.filter((label) => label !== 'AWSPENDING') });
        return true;
      },
    };
  }

  #read(versionId: string | undefined): SecretVersion | undefined {
    const version = versionId === undefined ? undefined : this.versions.get(versionId);
    if (versionId === undefined || version?.content === undefined) return undefined;
    const { content, createdAtMs } = version;
    return { versionId, content: Secret.of(JSON.stringify(content)), createdAtMs };
  }

  #clientOf(login: string, apiKey?: Secret) {
    return {
      authenticate: async () => {
        this.#note(`log in as ${login}`);
        if (apiKey?.expose() !== this.keys.get(login)) throw credentialRefused('It is refused.');
      },
      whoami: async () => ({ login }),
      readSecret: async (name: string, { fromLeader }: { fromLeader?: boolean }) => {
        this.#note(`read ${name} as ${login}`);
        if (fromLeader !== true) throw new Error('A follower may lag behind.');
      },
      rotateApiKeyOf: async (role: string) => {
        const target = role.replace('host:', 'host/');
        this.#note(`rotate ${target} as ${login}`);
        this.#made += 1;
        this.keys.set(target, `made-${this.#made}`);
        return Secret.of(`made-${this.#made}`);
      },
      idle: async () => undefined,
      close: async () => undefined,
    };
  }

  #note(call: string): void {
    this.calls.push(call);
    this.before(call);
  }
}
