import { describe, expect, it } from 'vitest';
import { resolveHttpApi, resolveRouteAuthorizer } from '../../../../infra/stack/authorizer.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

describe('the authorizer of the routes', () => {
  it('is IAM where nothing is said', async () => {
    expect(await resolveRouteAuthorizer(resolverContext())).toEqual({ type: 'aws_iam' });
    expect(await resolveHttpApi(resolverContext())).toEqual({ metrics: false });
  });

  it('is a JWT authorizer with issuer, audiences and scopes', async () => {
    const context = resolverContext({
      authorizer: 'jwt',
      jwt_issuer: 'https://issuer.example.com',
      jwt_audience: 'one, two',
      jwt_scopes: 'secrets:read, secrets:write',
    });
    expect(await resolveRouteAuthorizer(context)).toEqual({
      name: 'callers',
      scopes: ['secrets:read', 'secrets:write'],
    });
    expect(await resolveHttpApi(context)).toMatchObject({
      authorizers: { callers: { type: 'jwt', issuerUrl: 'https://issuer.example.com', audience: ['one', 'two'] } },
    });
  });

  it('is a Lambda authorizer whose decisions are not kept', async () => {
    const context = resolverContext({
      authorizer: 'lambda',
      authorizer_function_arn: 'arn:aws:lambda:eu-central-1:123456789012:function:decides',
    });
    expect(await resolveRouteAuthorizer(context)).toEqual({ name: 'callers' });
    expect(await resolveHttpApi(context)).toMatchObject({
      authorizers: { callers: { type: 'request', resultTtlInSeconds: 0 } },
    });
  });

  it.each(['none', 'NONE', 'open', 'aws_iam'])('cannot be "%s"', async (authorizer) => {
    await expect(resolveRouteAuthorizer(resolverContext({ authorizer }))).rejects.toThrow('must be iam, jwt or lambda');
  });

  it.each([
    ['jwt_issuer', { authorizer: 'jwt', jwt_issuer: 'http://issuer.example.com', jwt_audience: 'one' }, 'https URL'],
    ['authorizer_function_arn', { authorizer: 'lambda', authorizer_function_arn: 'decides' }, 'must be the ARN'],
  ])('refuses what API Gateway could not use: %s', async (name, params, problem) => {
    const refusal = resolveHttpApi(resolverContext(params));
    await expect(refusal).rejects.toThrow(name);
    await expect(refusal).rejects.toThrow(problem);
  });

  it('asks for what it needs, by name', async () => {
    await expect(resolveHttpApi(resolverContext({ authorizer: 'jwt' }))).rejects.toThrow('jwt_issuer is missing');
    await expect(resolveHttpApi(resolverContext({ authorizer: 'lambda' }))).rejects.toThrow(
      'authorizer_function_arn is missing',
    );
  });
});
