import type { Route } from '../http/route.ts';
import { absentRoutes } from './absent-routes.ts';
import { authenticatorConfigRoutes } from './authenticator-config-routes.ts';
import { authenticatorRoutes } from './authenticator-routes.ts';
import { authnRoutes } from './authn-routes.ts';
import { directoryRoutes } from './directory-routes.ts';
import { hostFactoryRoutes } from './host-factory-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { publicKeyRoutes } from './public-key-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { roleRoutes } from './role-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { v2AuthenticatorRoutes } from './v2/authenticator-routes.ts';
import { branchRoutes } from './v2/branch-routes.ts';
import { groupRoutes } from './v2/group-routes.ts';

/** All that the server answers. The first route that fits a request takes it. */
export const ROUTES: readonly Route[] = [
  ...statusRoutes,
  // Before the general routes, one of which takes the login of LDAP.
  ...directoryRoutes,
  ...authnRoutes,
  ...authenticatorRoutes,
  ...authenticatorConfigRoutes,
  ...secretRoutes,
  ...resourceRoutes,
  ...roleRoutes,
  ...policyRoutes,
  ...hostFactoryRoutes,
  ...publicKeyRoutes,
  ...v2AuthenticatorRoutes,
  ...branchRoutes,
  ...groupRoutes,
  ...absentRoutes,
];
