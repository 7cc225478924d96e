// The door through which serverless.yml reaches what is computed: it loads .js files, and no .ts ones.
import { resolveAccessPolicies, resolvePolicyDependencies } from './access-policies.ts';
import { resolveAccountRules } from './account-rules.ts';
import { resolveAlarms } from './alarms.ts';
import { resolveHttpApi } from './authorizer.ts';
import { resolveCredentialRotation } from './credential-rotation.ts';
import { resolveCredentialKeyFile, resolveCredentialSecrets } from './credential-secrets.ts';
import { resolveDashboard } from './dashboard.ts';
import {
  resolveEnvironment,
  resolveReadEnvironment,
  resolveRotationEnvironment,
  resolveWriteEnvironment,
} from './environment.ts';
import { resolveLayers } from './layers.ts';
import { resolveVpc } from './network.ts';
import { resolveOtherAccounts } from './other-accounts.ts';
import { resolveRoleNameProperty } from './role-names.ts';
import { resolveRotateKeyConcurrency } from './rotate-key-concurrency.ts';
import { resolveRotateKeyEvents } from './rotation-schedules.ts';
import { resolveRoutes } from './routes.ts';
import { resolveScheduleResources } from './schedule-resources.ts';
import { resolveStackFacts } from './stack-facts.ts';
import { resolveStackTags } from './stack-tags.ts';
import { resolveThrottling } from './throttling.ts';
import { withoutStack } from './without-stack.ts';

export const accessPolicies = withoutStack(resolveAccessPolicies);
export const policyDependencies = withoutStack(resolvePolicyDependencies);
export const accountRules = withoutStack(resolveAccountRules);
export const alarms = withoutStack(resolveAlarms);
export const httpApi = withoutStack(resolveHttpApi);
export const credentialKeyFile = withoutStack(resolveCredentialKeyFile);
export const credentialSecrets = withoutStack(resolveCredentialSecrets);
export const credentialRotation = withoutStack(resolveCredentialRotation);
export const dashboard = withoutStack(resolveDashboard);
export const environment = withoutStack(resolveEnvironment);
export const readEnvironment = withoutStack(resolveReadEnvironment);
export const rotationEnvironment = withoutStack(resolveRotationEnvironment);
export const writeEnvironment = withoutStack(resolveWriteEnvironment);
export const layers = withoutStack(resolveLayers);
export const otherAccounts = withoutStack(resolveOtherAccounts);
export const readSecretEvents = withoutStack((context) => resolveRoutes(context, 'read-secret'));
export const writeSecretEvents = withoutStack((context) => resolveRoutes(context, 'write-secret'));
export const readSecretRoleName = withoutStack((context) => resolveRoleNameProperty(context, 'read-secret'));
export const writeSecretRoleName = withoutStack((context) => resolveRoleNameProperty(context, 'write-secret'));
export const rotateKeyRoleName = withoutStack((context) => resolveRoleNameProperty(context, 'rotate-key'));
export const stackFacts = withoutStack(resolveStackFacts);
export const stackTags = withoutStack(resolveStackTags);
export const throttling = withoutStack(resolveThrottling);
export const vpc = withoutStack(resolveVpc);
export const rotateKeyConcurrency = withoutStack(resolveRotateKeyConcurrency);
export const rotateKeyEvents = withoutStack(resolveRotateKeyEvents);
export const scheduleResources = withoutStack(resolveScheduleResources);
