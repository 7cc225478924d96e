// The door through which serverless.yml reaches what is computed: it loads .js files, and no .ts ones.
export { resolveAccessPolicies as accessPolicies } from './access-policies.ts';
export { resolveAlarms as alarms } from './alarms.ts';
export { resolveHttpApi as httpApi, resolveRouteAuthorizer as authorizer } from './authorizer.ts';
export {
  resolveCredentialFile as credentialFile,
  resolveCredentialRotation as credentialRotation,
} from './credential-rotation.ts';
export { resolveDashboard as dashboard } from './dashboard.ts';
export {
  resolveEnvironment as environment,
  resolveReadEnvironment as readEnvironment,
  resolveRotationEnvironment as rotationEnvironment,
  resolveWriteEnvironment as writeEnvironment,
} from './environment.ts';
export { resolveVpc as vpc } from './network.ts';
export {
  resolveRotateKeyEvents as rotateKeyEvents,
  resolveScheduleResources as scheduleResources,
} from './rotation-schedules.ts';
