import type { FunctionName } from '../build/function-names.ts';
import { type Credential, resolveCredentials } from './credential.ts';
import type { ResolverContext } from './resolver-context.ts';

/**
 * The placeholder that CloudFormation makes, which Conjur refuses, until an operator puts the real credential in (docs/deployment.md).
 * NEVER EDIT IT: CloudFormation writes a new placeholder into the secret when it changes, over the credential in use.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
 */
const PLACEHOLDER = {
  SecretStringTemplate: '{"username":"placeholder"}',
  GenerateStringKey: 'api_key',
  PasswordLength: 40,
  ExcludePunctuation: true,
} as const;

/** Whether the stack has secrets of its own, and so needs a key for them: the file that defines it, or the one that defines nothing. */
export async function resolveCredentialKeyFile(context: ResolverContext): Promise<string> {
  const { secrets } = await resolveCredentials(context);
  return secrets.some(({ kind }) => kind === 'of-the-stack') ? 'credential-key.yml' : 'without-credential-key.yml';
}

/**
 * The stack's own secrets. They outlive the stack, but not a first deployment that failed: a secret would stand in the way of the next
 * one by its name.
 */
export async function resolveCredentialSecrets(context: ResolverContext): Promise<Record<string, unknown>> {
  const { secrets } = await resolveCredentials(context);
  const prefix = `${await context.resolveVariable('self:service')}/${await context.resolveVariable('sls:stage')}`;
  const own = secrets.filter(({ kind }) => kind === 'of-the-stack');
  return {
    Resources: Object.fromEntries(own.map((credential) => [credential.logicalId, toSecret(credential, prefix)])),
    Outputs: Object.fromEntries(own.map((credential) => [`${credential.logicalId}Arn`, toOutput(credential)])),
  };
}

function toSecret({ name, functionNames }: Credential, prefix: string): Record<string, unknown> {
  return {
    Type: 'AWS::SecretsManager::Secret',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Name: `${prefix}/${name}`,
      Description: `Conjur login and api key of ${listNames(functionNames)}`,
      KmsKeyId: { 'Fn::GetAtt': ['CredentialKey', 'Arn'] },
      GenerateSecretString: PLACEHOLDER,
    },
  };
}

function toOutput({ logicalId, functionNames }: Credential): Record<string, unknown> {
  return {
    Description: `Secret with the Conjur credential of ${listNames(functionNames)}; npm run credentials fills it`,
    Value: { Ref: logicalId },
  };
}

function listNames(names: readonly FunctionName[]): string {
  return names.length === 1 ? String(names[0]) : 'the functions';
}
