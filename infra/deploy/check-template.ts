import { SECRET_SETTINGS } from '../stack/setting-names.ts';
import { environmentOf, listStatements, type PolicyStatement, resourcesOf, type Template } from './template.ts';

/**
 * Actions for which AWS takes no resource but `*`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCE = new Set([
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
]);

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: of all variables of a function together. */
const MAX_ENVIRONMENT_BYTES = 4_096;
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const MAX_ROLE_NAME = 64;

/**
 * What must not be deployed: rights that are too wide, open routes, secrets that are not encrypted or stand in plain text; and what AWS
 * would refuse halfway through.
 * @returns one sentence for each finding; none for a template that is as it should be
 */
export function checkTemplate(template: Template): string[] {
  return [
    ...listStatements(template).flatMap(checkStatement),
    ...checkRoutes(template),
    ...checkPermissions(template),
    ...checkSecrets(template),
    ...checkRoles(template),
    ...checkEnvironments(template),
    ...checkLogGroups(template),
  ];
}

function checkStatement(statement: PolicyStatement): string[] {
  if (statement.effect !== 'Allow') return [];
  const { where, actions, resources } = statement;
  const wideActions = actions.filter((action) => action.includes('*'));
  const wideResource = resources.includes('*') && !takesNoResource(statement);
  return [
    ...wideActions.map((action) => `${where} allows ${action}: name each action.`),
    ...(wideResource ? [`${where} allows ${actions.join(', ')} on every resource: name them.`] : []),
    ...(isEverybody(statement) ? [`${where} allows ${actions.join(', ')} to everybody: name a principal.`] : []),
  ];
}

/** In the policy of a key `*` means the key itself. */
function takesNoResource({ resourceType, actions }: PolicyStatement): boolean {
  return resourceType === 'AWS::KMS::Key' || actions.every((action) => WITHOUT_RESOURCE.has(action));
}

function isEverybody({ principal }: PolicyStatement): boolean {
  if (principal === '*') return true;
  return typeof principal === 'object' && principal !== null && Object.values(principal).flat().includes('*');
}

function checkRoutes(template: Template): string[] {
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').flatMap(
    ([id, { AuthorizationType: type, AuthorizerId }]) => {
      if (type === 'AWS_IAM') return [];
      if ((type === 'JWT' || type === 'CUSTOM') && AuthorizerId !== undefined) return [];
      return [`${id} is open: a route needs an authorizer.`];
    },
  );
  const urls = resourcesOf(template, 'AWS::Lambda::Url').flatMap(([id, { AuthType }]) =>
    AuthType === 'AWS_IAM' ? [] : [`${id} is open: a function URL needs the type AWS_IAM.`],
  );
  return [...routes, ...urls];
}

function checkPermissions(template: Template): string[] {
  return resourcesOf(template, 'AWS::Lambda::Permission')
    .filter(([, { Principal, PrincipalOrgID }]) => Principal === '*' && PrincipalOrgID === undefined)
    .map(([id]) => `${id} lets everybody call a function: name an account or an organisation.`);
}

function checkSecrets(template: Template): string[] {
  return resourcesOf(template, 'AWS::SecretsManager::Secret').flatMap(([id, properties]) => [
    ...(properties.KmsKeyId === undefined ? [`${id} is not encrypted with a key of its own (KmsKeyId).`] : []),
    ...(properties.SecretString === undefined ? [] : [`${id} holds its value in the template (SecretString).`]),
  ]);
}

function checkRoles(template: Template): string[] {
  return [...checkSharedRoles(template), ...checkRoleNames(template)];
}

function checkRoleNames(template: Template): string[] {
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, { RoleName }]) => {
    const name = toLongest(RoleName);
    return name === undefined || name.length <= MAX_ROLE_NAME
      ? []
      : [`${id} is named ${name}, and a role's name has ${MAX_ROLE_NAME} characters at most: choose a shorter stage.`];
  });
}

/** With the longest region in the place of the one that CloudFormation knows. */
function toLongest(name: unknown): string | undefined {
  if (typeof name === 'string') return name;
  const text = (name as { 'Fn::Sub'?: unknown } | undefined)?.['Fn::Sub'];
  return typeof text === 'string' ? text.replaceAll(`\${AWS::Region}`, 'ap-southeast-1') : undefined;
}

function checkSharedRoles(template: Template): string[] {
  const functionsByRole = Map.groupBy(resourcesOf(template, 'AWS::Lambda::Function'), ([, { Role }]) =>
    JSON.stringify(Role),
  );
  return [...functionsByRole.values()]
    .map((functions) => functions.map(([id]) => id))
    .filter((ids) => ids.length > 1)
    .map((ids) => `${ids.join(' and ')} share a role: each function needs its own.`);
}

function checkEnvironments(template: Template): string[] {
  return resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, properties]) => {
    const variables = environmentOf(properties);
    const bytes = sizeOf(variables);
    const secret = Object.entries(variables).filter(([name, value]) => isSecret(name, value));
    return [
      ...secret.map(([name]) => `${id} has a secret in plain text in its environment: ${name}.`),
      ...(variables.CYBERARK_REQUIRE_TLS === 'true' ? [] : [`${id} does not insist on TLS (CYBERARK_REQUIRE_TLS).`]),
      ...(bytes <= MAX_ENVIRONMENT_BYTES
        ? []
        : [
            `${id} has an environment of ${bytes} bytes, and Lambda takes ${MAX_ENVIRONMENT_BYTES}. Certificates are what is large: put them into a Lambda layer (the parameter layer_arns), and give their path (/opt/…).`,
          ]),
    ];
  });
}

function sizeOf(variables: Readonly<Record<string, unknown>>): number {
  const texts = Object.entries(variables).map(([name, value]) => name + (typeof value === 'string' ? value : ''));
  return Buffer.byteLength(texts.join(''));
}

function isSecret(name: string, value: unknown): boolean {
  if ((SECRET_SETTINGS as readonly string[]).includes(name)) return true;
  const text = String(value);
  return text.includes('PRIVATE KEY-----') || (/_PROXY$/.test(name) && PASSWORD.test(text));
}

/** Of an address such as a proxy's, with or without its scheme. */
const PASSWORD = /^(?:[a-z][a-z\d+.-]*:\/\/)?[^/@\s]+:[^/@\s]+@/i;

function checkLogGroups(template: Template): string[] {
  return resourcesOf(template, 'AWS::Logs::LogGroup')
    .filter(([, { RetentionInDays }]) => RetentionInDays === undefined)
    .map(([id]) => `${id} keeps its logs for ever: give it a retention.`);
}
