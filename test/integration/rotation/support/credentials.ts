import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import type { World } from './world.ts';

/** A credential as it stands in Secrets Manager. */
export interface StoredCredential {
  readonly username: string;
  readonly api_key: string;
  readonly hosts?: readonly [string, string];
  readonly canary?: string;
}

export type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

export const ROTATION_FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-key';

/**
 * Pairs of hosts, each of which may rotate the other and read the canary, in one policy load; and for each pair a secret.
 * @param more further fields of the secrets
 */
export async function createPairs(
  world: World,
  names: readonly string[],
  branch = 'pairs',
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const blocks = names.map(
    (name) => `
  - !policy
    id: ${name}
    body:
    - !host blue
    - !host green
    - !variable canary
    - !permit { role: !host blue, privileges: [read, update], resource: !host green }
    - !permit { role: !host green, privileges: [read, update], resource: !host blue }
    - !permit { role: !host blue, privileges: [read, execute], resource: !variable canary }
    - !permit { role: !host green, privileges: [read, execute], resource: !variable canary }`,
  );
  const { createdRoles } = await world.admin.loadPolicy(
    'root',
    `- !policy\n  id: ${branch}\n  body:${blocks.join('')}\n`,
  );
  for (const name of names) {
    const host = (colour: string) => `host/${branch}/${name}/${colour}`;
    const apiKey = createdRoles.get(`default:host:${branch}/${name}/blue`)?.expose() ?? '';
    await world.admin.writeSecret(`${branch}/${name}/canary`, 'sings', { reportVersion: false });
    await createCredential(world, name, {
      username: host('blue'),
      api_key: apiKey,
      hosts: [host('blue'), host('green')],
      canary: `${branch}/${name}/canary`,
      ...more,
    });
  }
}

/** Single hosts, which the administrator rotates, and for each a secret. */
export async function createSingles(world: World, names: readonly string[], branch = 'singles'): Promise<void> {
  const hosts = names.map((name) => `\n  - !host ${name}\n  - !grant { role: !group readers, member: !host ${name} }`);
  const { createdRoles } = await world.admin.loadPolicy(
    'root',
    `- !policy\n  id: ${branch}\n  body:${READERS}${hosts.join('')}\n`,
  );
  await world.admin.writeSecret(`${branch}/canary`, 'sings', { reportVersion: false });
  for (const name of names) {
    const apiKey = createdRoles.get(`default:host:${branch}/${name}`)?.expose() ?? '';
    await createCredential(world, name, { username: `host/${branch}/${name}`, api_key: apiKey });
  }
}

const READERS = `
  - !variable canary
  - !group readers
  - !permit { role: !group readers, privileges: [read, execute], resource: !variable canary }`;

async function createCredential(world: World, name: string, credential: StoredCredential): Promise<void> {
  const SecretString = JSON.stringify(credential);
  await world.aws.send(new CreateSecretCommand({ Name: name, SecretString, ClientRequestToken: randomUUID() }));
}

/** Has Secrets Manager rotate, and waits until its steps were called. */
export async function rotateByFourSteps(world: World, name: string, token: string): Promise<void> {
  await world.aws.send(
    new RotateSecretCommand({ SecretId: name, ClientRequestToken: token, RotationLambdaARN: ROTATION_FUNCTION }),
  );
  await world.secretsManager.rotationsDone();
}

export async function readCredential(world: World, name: string, stage: Stage): Promise<StoredCredential | undefined> {
  try {
    const answer = await world.aws.send(new GetSecretValueCommand({ SecretId: name, VersionStage: stage }));
    return JSON.parse(answer.SecretString ?? '') as StoredCredential;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

export async function readStages(world: World, name: string): Promise<Record<string, string[]>> {
  const { VersionIdsToStages } = await world.aws.send(new DescribeSecretCommand({ SecretId: name }));
  return VersionIdsToStages ?? {};
}

export async function versionWith(world: World, name: string, stage: Stage): Promise<string | undefined> {
  const stages = await readStages(world, name);
  return Object.keys(stages).find((version) => stages[version]?.includes(stage));
}

/** Whether Conjur lets a credential in, asked past every client of the project. */
export async function logsIn(world: World, credential: StoredCredential | undefined): Promise<boolean> {
  if (credential === undefined) return false;
  const { statusCode, body } = await world.dispatcher.request({
    origin: world.conjur.url,
    method: 'POST',
    path: `/authn/default/${encodeURIComponent(credential.username)}/authenticate`,
    body: credential.api_key,
  });
  await body.arrayBuffer();
  return statusCode === 200;
}
