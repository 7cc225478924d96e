import { awsErrorName } from '../../lib/auth/aws-calls.ts';
import type { ConjurClient } from '../../lib/client.ts';
import type { Secret } from '../../lib/secret.ts';
import { FUNCTION_NAMES, type FunctionName } from '../build/function-names.ts';
import { type PolicyNames, renderPolicies } from './render-policies.ts';

/** What the work is done with. */
export interface Connection {
  /** Of an administrator. */
  readonly conjur: Pick<ConjurClient, 'loadPolicy' | 'rotateApiKeyOf'>;
  /** Of Conjur. */
  readonly account: string;
  /** The content of a secret in AWS Secrets Manager; undefined where it has none yet. @throws Error where there is no such secret */
  readonly readSecret: (secretId: string) => Promise<string | undefined>;
  readonly putSecret: (secretId: string, content: string) => Promise<void>;
}

export interface ProvideOptions extends PolicyNames {
  /** Secrets that are not the stack's own, by function. */
  readonly secretIds: Readonly<Partial<Record<FunctionName, string>>>;
  /** Whether a host that was there before may get a new key. */
  readonly rotate: boolean;
}

export interface Outcome {
  readonly secretId: string;
  /** One sentence, without a key. */
  readonly outcome: string;
  readonly failed: boolean;
}

interface Target {
  readonly secretId: string;
  /** Hosts that take turns: blue and green. */
  readonly hosts: readonly [string, string];
}

/**
 * Loads the policies of a stack into Conjur's root, and puts the first api key of each pair into the secret that its function looks at. Run
 * again, it does what is left to do. A secret that holds a credential is left alone: its key is in use.
 * @throws Error where a secret is missing, before anything is loaded
 */
export async function provideCredentials(options: ProvideOptions, connection: Connection): Promise<Outcome[]> {
  const targets = listTargets(options);
  const contents = await Promise.all(targets.map(({ secretId }) => connection.readSecret(secretId)));
  const created = new Map<string, Secret>();
  let mayLackKeys = false;
  for (const { text } of renderPolicies(options)) {
    const { createdRoles, rolesMayBeMissing } = await connection.conjur.loadPolicy('root', text);
    mayLackKeys ||= rolesMayBeMissing;
    for (const [role, key] of createdRoles) created.set(role, key);
  }
  const outcomes: Outcome[] = [];
  for (const [index, target] of targets.entries()) {
    const isFree = isPlaceholder(contents[index]);
    outcomes.push(isFree ? await provide(target, { options, connection, created, mayLackKeys }) : leave(target));
  }
  return outcomes;
}

function listTargets({ layout, stage, policy, secretIds }: ProvideOptions): Target[] {
  const prefix = `conjur-functions/${stage}/credential`;
  const toTarget = (folder: string, secretId: string): Target => ({
    secretId,
    hosts: [`${policy}/${folder}/blue`, `${policy}/${folder}/green`],
  });
  if (layout === 'iam') return [];
  if (layout === 'shared') return [toTarget('credential', secretIds['rotate-key'] ?? prefix)];
  return FUNCTION_NAMES.map((name) =>
    toTarget(name, secretIds[name] ?? (name === 'rotate-key' ? prefix : `${prefix}/${name}`)),
  );
}

/** As CloudFormation makes it (credential-secrets.ts); a secret without a value is free too. */
function isPlaceholder(content: string | undefined): boolean {
  if (content === undefined || content.trim() === '') return true;
  try {
    return (JSON.parse(content) as { username?: unknown } | null)?.username === 'placeholder';
  } catch (error) {
    // A bare api key is no JSON.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function leave({ secretId }: Target): Outcome {
  return { secretId, outcome: 'holds a credential already and was left alone', failed: false };
}

interface Work {
  readonly options: ProvideOptions;
  readonly connection: Connection;
  /** Keys by full role id, as the loads told them. */
  readonly created: ReadonlyMap<string, Secret>;
  /** Whether an answer was lost that may have told others. */
  readonly mayLackKeys: boolean;
}

async function provide(
  { secretId, hosts }: Target,
  { options, connection, created, mayLackKeys }: Work,
): Promise<Outcome> {
  const [blue] = hosts;
  const known = created.get(`${connection.account}:host:${blue}`);
  if (known === undefined && !options.rotate)
    return {
      secretId,
      outcome: `holds a placeholder still: the host ${blue} was there before${mayLackKeys ? ', or the answer that told its key was lost' : ''}, and Conjur tells a key once. If no other stack uses that host, run again with --rotate; otherwise name another --policy`,
      failed: true,
    };
  const key = known ?? (await connection.conjur.rotateApiKeyOf(`host:${blue}`));
  const logins = hosts.map((host) => `host/${host}`);
  try {
    await connection.putSecret(secretId, JSON.stringify({ username: logins[0], api_key: key.expose(), hosts: logins }));
  } catch (error) {
    // The other secrets are filled all the same: their keys are told this once, too. The message is AWS's and might quote the key.
    return {
      secretId,
      outcome: `may hold a placeholder still: AWS did not say that it took the key of the host ${blue} (${awsErrorName(error)}). Mend that (secretsmanager:PutSecretValue, and kms:GenerateDataKey on the key of the secret), and run again with --rotate`,
      failed: true,
    };
  }
  return { secretId, outcome: `holds the first key of host/${blue}`, failed: false };
}
