import { describe, expect, it } from 'vitest';
import { checkDestination } from '../../../../infra/deploy/check-destination.ts';
import { checkTemplate } from '../../../../infra/deploy/check-template.ts';
import type { TemplateResource } from '../../../../infra/deploy/template.ts';

const check = (...resources: TemplateResource[]): string[] =>
  checkTemplate({ Resources: Object.fromEntries(resources.map((resource, index) => [`R${index}`, resource])) });

const role = (statement: Record<string, unknown>): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] },
});
const route = (properties: Record<string, unknown>): TemplateResource => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: properties,
});
const lambda = (Role: string, variables: Record<string, unknown> = {}): TemplateResource => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Role, Environment: { Variables: { CYBERARK_REQUIRE_TLS: 'true', ...variables } } },
});

describe('the check of the template finds', () => {
  it.each([
    ['an action for all', role({ Action: '*', Resource: 'arn:a' }), 'allows *'],
    ['a service for all', role({ Action: ['logs:PutLogEvents', 's3:*'], Resource: 'arn:a' }), 'allows s3:*'],
    ['every resource', role({ Action: ['secretsmanager:GetSecretValue'], Resource: '*' }), 'on every resource'],
    [
      'every resource among others',
      role({ Action: ['sqs:SendMessage'], Resource: ['arn:a', '*'] }),
      'on every resource',
    ],
    ['a right for everybody', role({ Action: ['sqs:SendMessage'], Resource: 'arn:a', Principal: '*' }), 'to everybody'],
    [
      'a right for every account',
      role({ Action: ['sqs:SendMessage'], Resource: 'arn:a', Principal: { AWS: '*' } }),
      'to everybody',
    ],
    ['a route without authorization', route({ RouteKey: 'GET /secrets' }), 'R0 is open'],
    ['a route that says NONE', route({ AuthorizationType: 'NONE' }), 'R0 is open'],
    ['a route whose authorizer is missing', route({ AuthorizationType: 'JWT' }), 'R0 is open'],
    ['a function URL without IAM', { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } }, 'R0 is open'],
    ['a secret without a key', { Type: 'AWS::SecretsManager::Secret', Properties: {} }, 'not encrypted'],
    [
      'a function that everybody may call',
      { Type: 'AWS::Lambda::Permission', Properties: { Principal: '*' } },
      'lets everybody call',
    ],
    [
      'a secret in the template',
      { Type: 'AWS::SecretsManager::Secret', Properties: { KmsKeyId: 'k', SecretString: 'x' } },
      'SecretString',
    ],
    ['an api key in the environment', lambda('a', { CYBERARK_API_KEY: 'x' }), 'CYBERARK_API_KEY'],
    [
      'a private key in the environment',
      lambda('a', { CYBERARK_CLIENT_KEY: '-----BEGIN PRIVATE KEY-----' }),
      'CYBERARK_CLIENT_KEY',
    ],
    ['the password of a proxy', lambda('a', { HTTPS_PROXY: 'http://me:canary-value@proxy:3128' }), 'HTTPS_PROXY'],
    ['the same without a scheme', lambda('a', { HTTP_PROXY: 'me:canary-value@proxy:3128' }), 'HTTP_PROXY'],
    ['a function that takes plain http', lambda('a', { CYBERARK_REQUIRE_TLS: 'false' }), 'does not insist on TLS'],
    [
      'an environment that Lambda would refuse',
      lambda('a', { CYBERARK_CA_CERT: 'x'.repeat(4_100) }),
      'Lambda takes 4096',
    ],
    [
      'a role whose name is too long',
      { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r'.repeat(65) } },
      'choose a shorter stage',
    ],
    [
      'the same with a region in it',
      { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::Sub': `${'r'.repeat(50)}-\${AWS::Region}` } } },
      'choose a shorter stage',
    ],
    ['logs that are kept for ever', { Type: 'AWS::Logs::LogGroup', Properties: {} }, 'for ever'],
  ])('%s', (_, resource, finding) => {
    expect(check(resource)).toEqual([expect.stringContaining(finding)]);
  });

  it('two functions with one role', () => {
    expect(check(lambda('same'), lambda('same'), lambda('other'))).toEqual([
      'R0 and R1 share a role: each function needs its own.',
    ]);
  });

  it('no secret in an address, a login or a list of roles', () => {
    const variables = {
      HTTPS_PROXY: 'http://proxy:3128',
      CYBERARK_API_BASE: 'https://conjur.example.com/api',
      CYBERARK_USERNAME: 'host/apps/me@example.com',
      CYBERARK_GRANT_READ: 'user:me@example.com',
      NO_PROXY: '.internal, 10.0.0.1:8443',
    };
    expect(check(lambda('a', variables))).toEqual([]);
  });

  it('nothing where AWS takes no resource, nor in what is denied', () => {
    expect(check(role({ Action: ['xray:PutTraceSegments'], Resource: '*' }))).toEqual([]);
    expect(check(role({ Effect: 'Deny', Action: 's3:*', Resource: '*', Principal: '*' }))).toEqual([]);
  });
});

describe('the check of the destination', () => {
  it.each([
    'http://127.0.0.1:8080',
    'https://localhost',
    'https://localhost.',
    'https://conjur.localhost',
    'https://0.0.0.0',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://169.254.169.254',
    'http://conjur.example.com',
    '',
    'conjur',
  ])('refuses "%s"', (base) => {
    expect(checkDestination({ Resources: { F: lambda('a', { CYBERARK_API_BASE: base }) } })).toEqual([
      expect.stringContaining('CYBERARK_API_BASE must be the https URL'),
    ]);
  });

  it.each([
    ['CYBERARK_READ_API_BASE', 'https://follower.example.com, https://127.0.0.1'],
    ['CYBERARK_READ_API_BASE', 'http://follower.example.com'],
    ['LITELLM_API_BASE', 'http://localhost:4000'],
  ])('refuses %s at %s', (name, value) => {
    const variables = { CYBERARK_API_BASE: 'https://conjur.example.com', [name]: value };
    expect(checkDestination({ Resources: { F: lambda('a', variables) } })).toEqual([expect.stringContaining(name)]);
  });

  it('takes https to another host', () => {
    expect(
      checkDestination({ Resources: { F: lambda('a', { CYBERARK_API_BASE: 'https://conjur.example.com/api' }) } }),
    ).toEqual([]);
  });
});
