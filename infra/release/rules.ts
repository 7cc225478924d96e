import type { Condition } from './conditions.ts';

interface Rule {
  readonly RuleCondition: Condition;
  readonly Assertions: readonly { readonly Assert: Condition; readonly AssertDescription: string }[];
}

const is = (parameter: string, value: string): Condition => ({ 'Fn::Equals': [{ Ref: parameter }, value] });
const isSet = (parameter: string): Condition => ({ 'Fn::Not': [is(parameter, '')] });

function toRule(when: Condition, assert: Condition, otherwise: string): Rule {
  return { RuleCondition: when, Assertions: [{ Assert: assert, AssertDescription: otherwise }] };
}

/**
 * What CloudFormation refuses before it makes anything: parameters that `npm run package` would refuse together.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export const RULES: Readonly<Record<string, Rule>> = {
  IamNeedsService: toRule(
    is('CyberarkAuthn', 'iam'),
    isSet('CyberarkAuthnServiceId'),
    'With CyberarkAuthn iam, give CyberarkAuthnServiceId.',
  ),
  JwtNeedsIssuer: toRule(
    is('Authorizer', 'jwt'),
    isSet('JwtIssuer'),
    'With Authorizer jwt, give JwtIssuer and JwtAudience.',
  ),
  LambdaNeedsFunction: toRule(
    is('Authorizer', 'lambda'),
    isSet('AuthorizerFunctionArn'),
    'With Authorizer lambda, give AuthorizerFunctionArn.',
  ),
  RateNeedsBurst: toRule(isSet('ThrottleRate'), isSet('ThrottleBurst'), 'ThrottleRate and ThrottleBurst go together.'),
  BurstNeedsRate: toRule(isSet('ThrottleBurst'), isSet('ThrottleRate'), 'ThrottleRate and ThrottleBurst go together.'),
  CallersAreOfThisAccount: toRule(
    isSet('CyberarkCallers'),
    { 'Fn::And': [is('CallerAccountId', ''), is('CallerOrgId', '')] },
    'A direct call from another account can pose as any caller: give CyberarkCallers, or CallerAccountId and CallerOrgId.',
  ),
};
