import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { DeployedSchedules } from '../stack/schedule-start.ts';
import type { StackFacts } from '../stack/stack-facts.ts';
import { findFacts } from './check-identity.ts';
import { parseTemplate, resourcesOf } from './template.ts';

/** A stack as it is deployed. */
export interface DeployedStack {
  /** Whether its last change failed, so that it may not be what was last uploaded. */
  readonly hasFailed: boolean;
  readonly facts: StackFacts;
  readonly schedules: DeployedSchedules;
}

/** Where a deployment goes, by the flags of serverless. */
export interface Destination {
  readonly stackName: string;
  readonly region: string;
  readonly profile: string | undefined;
}

const SERVICE = 'conjur-functions';

/** As serverless.yml has it. */
export function toDestination(args: readonly string[], environment: NodeJS.ProcessEnv): Destination {
  const flag = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
  return {
    stackName: `${SERVICE}-${flag('stage') ?? 'dev'}`,
    region: flag('region') ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'eu-central-1'),
    profile: flag('aws-profile'),
  };
}

/** Limits of one request to AWS: the SDK has none of its own, and a deployment that hangs says nothing. */
const LIMITS = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true } as const;

/** What of AWS's SDK its clients are made with. */
export function toClientConfig({ region, profile }: Destination): {
  region: string;
  profile?: string;
  requestHandler: typeof LIMITS;
} {
  return { region, ...(profile === undefined ? {} : { profile }), requestHandler: LIMITS };
}

/** @returns undefined where there is no such stack @throws Error where AWS does not say */
export async function readDeployedStack(destination: Destination): Promise<DeployedStack | undefined> {
  const client = new CloudFormationClient(toClientConfig(destination) satisfies CloudFormationClientConfig);
  try {
    const stack = await describe(client, destination.stackName);
    if (stack === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
    const { TemplateBody = '{"Resources":{}}' } = await client.send(
      new GetTemplateCommand({ StackName: destination.stackName, TemplateStage: 'Original' }),
    );
    const template = parseTemplate(TemplateBody);
    const schedules = resourcesOf(template, 'AWS::Scheduler::Schedule');
    return {
      hasFailed: /ROLLBACK|FAILED/.test(stack.StackStatus ?? ''),
      facts: findFacts(template)?.facts ?? toOldFacts(stack),
      schedules: Object.fromEntries(schedules),
    };
  } finally {
    client.destroy();
  }
}

/**
 * Flags of `serverless deploy` that come of what is there. Serverless deploys nothing where its last upload is the same and the functions
 * have been changed since: after a deployment that was rolled back both is so, and a repetition would do nothing and pass for done.
 */
export function toDeployFlags(deployed: DeployedStack | undefined): string[] {
  return deployed?.hasFailed ? ['--force'] : [];
}

async function describe(client: CloudFormationClient, stackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks[0];
  } catch (error) {
    // AWS has no code of its own for it.
    if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist'))
      return undefined;
    throw new Error(
      `AWS does not say whether the stack ${stackName} exists (${(error as Error).name}). Are there credentials for it, in the environment or by --aws-profile?`,
      { cause: error },
    );
  }
}

/**
 * A stack of a release has its facts in its outputs alone. Stacks from before there was a choice had one credential for all, or none, and
 * role names without the region.
 */
function toOldFacts({ Outputs = [] }: Stack): StackFacts {
  const said = Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const { Authenticator, CredentialLayout, RoleNames } = said;
  if (Authenticator && CredentialLayout && RoleNames) return { Authenticator, CredentialLayout, RoleNames };
  const hadSecret = Outputs.some(({ OutputKey }) => OutputKey === 'ConjurCredentialArn');
  return {
    Authenticator: hadSecret ? 'api-key' : 'iam',
    CredentialLayout: hadSecret ? 'shared' : 'none',
    RoleNames: 'without-region',
  };
}
