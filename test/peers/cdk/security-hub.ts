import { listStatements, resourcesOf, type Template } from '../../../infra/deploy/template.ts';

/** Looks for what a control of Security Hub finds; none where the stack keeps it. */
type Control = (template: Template) => readonly string[];

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** Ids of the resources of a type whose properties are not as a control wants them. */
function each(type: string, keeps: (properties: Readonly<Record<string, unknown>>) => boolean): Control {
  return (template) => resourcesOf(template, type).flatMap(([id, properties]) => (keeps(properties) ? [] : [id]));
}

const allowed = (template: Template) => listStatements(template).filter(({ effect }) => effect === 'Allow');

/**
 * Security Hub's controls, as far as a template shows them. https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html
 * Those that a parameter satisfies are looked for where it is set.
 */
export const CONTROLS: Readonly<Record<string, { readonly always: boolean; readonly find: Control }>> = {
  'Lambda.1': {
    always: true,
    find: each('AWS::Lambda::Permission', ({ Principal, PrincipalOrgID, SourceArn }) =>
      Principal === '*' ? PrincipalOrgID !== undefined : /^\d{12}$/.test(String(Principal)) || SourceArn !== undefined,
    ),
  },
  'Lambda.2': { always: true, find: each('AWS::Lambda::Function', ({ Runtime }) => Runtime === 'nodejs24.x') },
  'Lambda.3': { always: false, find: each('AWS::Lambda::Function', ({ VpcConfig }) => VpcConfig !== undefined) },
  'Lambda.5': {
    always: false,
    find: each(
      'AWS::Lambda::Function',
      ({ VpcConfig }) => (VpcConfig as { SubnetIds: unknown[] }).SubnetIds.length > 1,
    ),
  },
  'Lambda.7': {
    always: false,
    find: each('AWS::Lambda::Function', ({ TracingConfig }) => TracingConfig !== undefined),
  },
  'APIGateway.8': {
    always: true,
    find: each('AWS::ApiGatewayV2::Route', ({ AuthorizationType }) =>
      ['AWS_IAM', 'JWT', 'CUSTOM'].includes(String(AuthorizationType)),
    ),
  },
  'APIGateway.9': {
    always: true,
    find: each('AWS::ApiGatewayV2::Stage', ({ AccessLogSettings }) => AccessLogSettings !== undefined),
  },
  'SQS.1': { always: true, find: each('AWS::SQS::Queue', ({ SqsManagedSseEnabled }) => SqsManagedSseEnabled === true) },
  'SQS.3': {
    always: true,
    find: (template) =>
      listStatements(template).flatMap(({ resourceType, effect, where }) =>
        resourceType === 'AWS::SQS::QueuePolicy' && effect === 'Allow' ? [where] : [],
      ),
  },
  'KMS.2': {
    always: true,
    find: (template) =>
      allowed(template).flatMap(({ resourceType, actions, resources, where }) =>
        resourceType.startsWith('AWS::IAM') && actions.includes('kms:Decrypt') && resources.includes('*')
          ? [where]
          : [],
      ),
  },
  'KMS.4': { always: true, find: each('AWS::KMS::Key', ({ EnableKeyRotation }) => EnableKeyRotation === true) },
  'KMS.5': {
    always: true,
    find: (template) =>
      allowed(template).flatMap(({ resourceType, principal, where }) =>
        resourceType === 'AWS::KMS::Key' && !JSON.stringify(principal).includes(':root') ? [where] : [],
      ),
  },
  'SecretsManager.1': {
    always: true,
    find: (template) => {
      const rotated = JSON.stringify(resourcesOf(template, 'AWS::SecretsManager::RotationSchedule'));
      const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret').map(([id]) => id);
      return secrets.filter((id) => !rotated.includes(`"${id}"`));
    },
  },
  'CloudWatch.15': {
    always: false,
    find: each('AWS::CloudWatch::Alarm', ({ AlarmActions }) => !isEmpty(AlarmActions)),
  },
  'CloudWatch.16': {
    always: false,
    find: each('AWS::Logs::LogGroup', ({ RetentionInDays }) => Number(RetentionInDays) >= 365),
  },
  'IAM.21': {
    always: true,
    find: (template) =>
      allowed(template).flatMap(({ actions, where }) =>
        actions.some((action) => action.endsWith('*')) ? [where] : [],
      ),
  },
};
