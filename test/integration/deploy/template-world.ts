import { CreateSecretCommand, RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { onTestFinished, vi } from 'vitest';
import { environmentOf, resourcesOf, type Template } from '../../../infra/deploy/template.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { createLocalEventBridge } from '../../../infra/local/stand-ins/event-bridge/create-local-event-bridge.ts';
import { createLocalSecretsManager } from '../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { type Bundle, loadBundle } from '../../support/load-bundle.ts';

const REGION = 'eu-central-1';
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The functions of a packaged template, with what it calls them by. */
export interface TemplateWorld {
  readonly conjur: LocalConjur;
  /** By the logical id. */
  readonly functions: ReadonlyMap<string, Bundle>;
  /** Each schedule of EventBridge, with the event that it sends, and to which function. */
  readonly schedules: readonly { readonly id: string; readonly functionId: string; readonly event: unknown }[];
  /**
   * Switches the rotations of Secrets Manager on, as a deployment does: each is tried by `testSecret` alone.
   * @returns what every step came to, in words
   */
  switchRotationsOn(): Promise<readonly string[]>;
  /** The events that the bus of the stack has heard. */
  readonly events: readonly unknown[];
}

/**
 * Runs the functions of a template as it configures them: their environments, schedules and secrets are the template's; Conjur, Secrets
 * Manager and EventBridge stand in. Rules of CloudFormation that it keeps: `Ref` of a secret is its ARN, `Fn::Sub` puts values in.
 */
export async function startTemplate(template: Template): Promise<TemplateWorld> {
  const conjur = await createLocalConjur({ policyLoadMs: 0 });
  const steps: string[] = [];
  const functions = new Map<string, Bundle>();
  const secretsManager = await createLocalSecretsManager({
    region: REGION,
    async invokeRotation(event, arn) {
      await functions.get(arn.split(':').at(-1) ?? '')?.handler(event, { awsRequestId: 'r1' });
      steps.push(`${event.Step} done`);
    },
    onRotationFailed: ({ step, cause }) => void steps.push(`${step} failed: ${cause}`),
  });
  const bus = await createLocalEventBridge();
  const client = new SecretsManagerClient({ region: REGION, endpoint: secretsManager.url, credentials: KEYS });
  onTestFinished(async () => {
    client.destroy();
    await Promise.all([conjur.close(), secretsManager.close(), bus.close()]);
  });
  const credential = await makePair(conjur);
  const refs = new Map<string, string>();
  for (const [id, { Name }] of resourcesOf(template, 'AWS::SecretsManager::Secret')) {
    const name = typeof Name === 'string' ? Name : id;
    const made = await client.send(new CreateSecretCommand({ Name: name, SecretString: credential }));
    refs.set(id, made.ARN as string);
  }
  const aws = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
  };
  // AWS's SDK is loaded by the first call that needs it, and reads them then.
  for (const [name, value] of Object.entries(aws)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  // What of the template cannot be as it is: where Conjur is.
  const outside = {
    ...aws,
    CYBERARK_API_BASE: conjur.url,
    CYBERARK_REQUIRE_TLS: 'false',
    CYBERARK_POLICY_BRANCH: 'app',
  };
  for (const [id, properties] of resourcesOf(template, 'AWS::Lambda::Function')) {
    const own = Object.entries(environmentOf(properties)).map(([name, value]) => [name, resolve(value, refs)]);
    const name = (properties.Handler as string).split('/')[1] as string;
    functions.set(id, await loadBundle(name, { ...Object.fromEntries(own), ...outside }));
  }
  return {
    conjur,
    functions,
    events: bus.entries,
    schedules: resourcesOf(template, 'AWS::Scheduler::Schedule').map(([id, { Target }]) => {
      const { Arn, Input } = Target as { Arn: unknown; Input: unknown };
      return { id, functionId: functionOf(Arn), event: JSON.parse(resolve(Input, refs)) as unknown };
    }),
    async switchRotationsOn() {
      for (const [, properties] of resourcesOf(template, 'AWS::SecretsManager::RotationSchedule')) {
        const rotation = {
          SecretId: resolve(properties.SecretId, refs),
          RotationLambdaARN: `arn:aws:lambda:${REGION}:000000000000:function:${functionOf(properties.RotationLambdaARN)}`,
          RotationRules: properties.RotationRules as { ScheduleExpression: string },
          RotateImmediately: properties.RotateImmediatelyOnUpdate as boolean,
        };
        await client.send(new RotateSecretCommand(rotation));
      }
      await secretsManager.rotationsDone();
      return steps;
    },
  };
}

/** Two hosts that may rotate each other, and own the branch `app`. @returns the credential of the first, as the stack keeps it */
async function makePair(conjur: LocalConjur): Promise<string> {
  await using admin = createConjurClient({
    baseUrl: conjur.url,
    auth: { type: 'api-key', apiKey: conjur.adminApiKey },
  });
  await admin.loadPolicy(
    'root',
    `- !host blue
- !host green
- !group owners
- !grant { role: !group owners, members: [ !host blue, !host green ] }
- !policy { id: app, owner: !group owners }
- !permit { role: !host green, privileges: [ read, update ], resource: !host blue }
- !permit { role: !host blue, privileges: [ read, update ], resource: !host green }
`,
  );
  const key = await admin.rotateApiKeyOf('host:blue');
  return JSON.stringify({ username: 'host/blue', api_key: key.expose(), hosts: ['host/blue', 'host/green'] });
}

function functionOf(arn: unknown): string {
  return (arn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
}

function resolve(value: unknown, refs: ReadonlyMap<string, string>): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::Sub': sub } = value as { Ref?: string; 'Fn::Sub'?: [string, Record<string, unknown>] };
  if (Ref !== undefined) return refs.get(Ref) ?? Ref;
  if (Array.isArray(sub)) return sub[0].replaceAll(/\$\{(\w+)\}/g, (_, name: string) => resolve(sub[1][name], refs));
  throw new Error(`What does CloudFormation make of ${JSON.stringify(value)}?`);
}
