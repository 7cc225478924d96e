import { CREDENTIAL_NAME, DEMO_KEY_NAME } from './stand-in-names.ts';

export interface StackAddresses {
  /** Of the HTTP API; a browser finds the console there. */
  readonly apiUrl: string;
  readonly lambdaUrl: string;
  /** AWS region that the functions and the stand-ins are told. */
  readonly region: string;
  readonly conjurUrl: string;
  readonly account: string;
  /** Undefined with a real Conjur, whose credentials stay where they are. */
  readonly adminApiKey: string | undefined;
  /** Where the data lives; undefined with a real Conjur. */
  readonly data: string | undefined;
  /** Undefined with a real Conjur, as is LiteLLM's. */
  readonly secretsManagerUrl: string | undefined;
  readonly litellmUrl: string | undefined;
}

/** What `npm start` prints when all is up: where everything is, and commands that work as they stand. */
export function formatCommands(stack: StackAddresses): string {
  return [
    '',
    `  Console          ${stack.apiUrl}/   (open it in a browser)`,
    `  HTTP API         ${stack.apiUrl}`,
    `  Lambda invoke    ${stack.lambdaUrl}`,
    `  Conjur           ${stack.conjurUrl}${stack.data === undefined ? '' : `   (data: ${stack.data})`}`,
    ...standInAddresses(stack),
    '',
    'Through the functions:',
    '',
    ...functionCommands(stack.apiUrl).map(indent),
    '',
    'By direct invocation (AWS CLI):',
    '',
    indent(invokeCommand(stack)),
    '',
    ...(stack.secretsManagerUrl === undefined ? [] : rotationSection(stack, stack.secretsManagerUrl)),
    ...(stack.adminApiKey === undefined ? [] : conjurSection(stack, stack.adminApiKey)),
    'Ctrl-C ends all of it.',
    '',
  ].join('\n');
}

/** Write, read, list, rotate, read again. */
export function functionCommands(apiUrl: string): string[] {
  return [
    `curl -s -X PUT ${apiUrl}/secrets/litellm/first-key -H 'content-type: application/json' -d '{"value":"sk-my-first-key"}'`,
    `curl -s ${apiUrl}/secrets/litellm/first-key`,
    `curl -s ${apiUrl}/secrets`,
    `curl -s -X POST ${apiUrl}/rotations -H 'content-type: application/json' -d '{"name":"litellm/first-key","strategy":"random"}'`,
    `curl -s ${apiUrl}/secrets/litellm/first-key`,
  ];
}

/** What stands for AWS here checks no signature, but the AWS CLI wants to make one. */
const AWS_CREDENTIALS = 'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local';

/**
 * The payload comes from standard input by `fileb://`: the one form that versions 1 and 2 of the AWS CLI take alike. The answer holds a
 * secret, and goes to a file that nobody else can read (`mktemp`) and that is gone at once.
 */
export function invokeCommand({ lambdaUrl, region }: Pick<StackAddresses, 'lambdaUrl' | 'region'>): string {
  const target = `--endpoint-url ${lambdaUrl} --region ${region} --function-name conjur-functions-dev-read-secret`;
  const invoke = `${AWS_CREDENTIALS} aws lambda invoke ${target} --payload fileb:///dev/stdin "$ANSWER"`;
  return `ANSWER=$(mktemp) && echo '{"name":"litellm/first-key"}' | ${invoke} && cat "$ANSWER"; rm -f "$ANSWER"`;
}

/** The strategies that {@link functionCommands} does not show: `supplied`, `litellm-virtual-key`, `conjur-api-key`. */
export function rotationCommands(apiUrl: string): string[] {
  const rotate = (call: object): string =>
    `curl -s -X POST ${apiUrl}/rotations -H 'content-type: application/json' -d '${JSON.stringify(call)}'`;
  return [
    rotate({ name: 'litellm/first-key', strategy: 'supplied', new_value: 'sk-brought-along' }),
    rotate({ name: DEMO_KEY_NAME, strategy: 'litellm-virtual-key', grace_period: '1h' }),
    rotate({ secret_id: CREDENTIAL_NAME, strategy: 'conjur-api-key' }),
  ];
}

/** Has Secrets Manager call the four steps. It answers at once; the steps stand in the log. */
export function secretsManagerRotationCommand(secretsManagerUrl: string, region: string): string {
  const target = `--endpoint-url ${secretsManagerUrl} --region ${region} --secret-id ${CREDENTIAL_NAME}`;
  const rotator = `arn:aws:lambda:${region}:000000000000:function:conjur-functions-dev-rotate-key`;
  return `${AWS_CREDENTIALS} aws secretsmanager rotate-secret ${target} --rotation-lambda-arn ${rotator}`;
}

/** The three checks that a Conjur user knows: authenticate, read, write. */
export function conjurCommands(conjurUrl: string, account: string, adminApiKey: string): string[] {
  const secret = `${conjurUrl}/secrets/${account}/variable/test-secret`;
  return [
    `ADMIN_API_KEY=${adminApiKey}`,
    `TOKEN=$(curl -s -X POST ${conjurUrl}/authn/${account}/admin/authenticate -d "$ADMIN_API_KEY" | base64 | tr -d '\\n')`,
    `curl -s -H "Authorization: Token token=\\"$TOKEN\\"" ${secret}`,
    `curl -s -H "Authorization: Token token=\\"$TOKEN\\"" -X POST --data 'a new value' ${secret}`,
  ];
}

function standInAddresses({ secretsManagerUrl, litellmUrl }: StackAddresses): string[] {
  if (secretsManagerUrl === undefined || litellmUrl === undefined) return [];
  return [`  Secrets Manager  ${secretsManagerUrl}   (stand-in)`, `  LiteLLM          ${litellmUrl}   (stand-in)`];
}

function rotationSection({ apiUrl, region }: StackAddresses, secretsManagerUrl: string): string[] {
  const title = 'The other rotations: a value of your own, a LiteLLM virtual key, the api key of a pair of hosts:';
  const steps = 'The last of them as Secrets Manager does it, step by step (AWS CLI):';
  const command = secretsManagerRotationCommand(secretsManagerUrl, region);
  return [title, '', ...rotationCommands(apiUrl).map(indent), '', steps, '', indent(command), ''];
}

function conjurSection({ conjurUrl, account }: StackAddresses, adminApiKey: string): string[] {
  return ['Conjur itself:', '', ...conjurCommands(conjurUrl, account, adminApiKey).map(indent), ''];
}

function indent(line: string): string {
  return `  ${line}`;
}
