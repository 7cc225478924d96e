import { jsonReply } from '../http/reply.ts';
import { unauthorized } from '../http/reply-error.ts';
import type { Route } from '../http/route.ts';
import { toTimestamp } from '../policy/load-policy.ts';
import { toDisplayVersion } from '../server-version.ts';
import { createAuthenticatorConfig } from '../store/authenticator-config.ts';

/** Who asks, and what this server is. */
export const statusRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ context, request }) => {
      const version = toDisplayVersion(context.serverVersion);
      // Clients read the version here before they use what old servers do not know.
      if (request.headers.accept?.includes('json')) return jsonReply(200, { version });
      const body = `<!DOCTYPE html>
<title>Local Conjur</title>
<p>Your local Conjur server is running! It is for development and tests.
<dl>
<dt>Details:</dt>
<dd>Version ${version}</dd>
</dl>
`;
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
    },
  },
  {
    method: 'GET',
    path: '/authenticators',
    handle: ({ context }) => {
      const rows = context.database.all(
        "SELECT resource_id FROM resources WHERE resource_id LIKE '%:webservice:conjur/authn-%'",
      );
      // A service's status is a webservice below it.
      const configured = rows.flatMap(
        (row) => /:webservice:conjur\/(authn-[^/]+(?:\/[^/]+)?)$/.exec(String(row.resource_id))?.[1] ?? [],
      );
      const config = createAuthenticatorConfig(context);
      const installed = [
        'authn',
        'authn-azure',
        'authn-cert',
        'authn-gcp',
        'authn-iam',
        'authn-jwt',
        'authn-ldap',
        'authn-oidc',
      ];
      return jsonReply(200, {
        installed,
        configured: ['authn', ...configured].sort(),
        enabled: [
          'authn',
          ...configured.filter((name) => config.isEnabled(`${context.account}:webservice:conjur/${name}`)),
        ].sort(),
      });
    },
  },
  {
    method: 'GET',
    path: '/whoami',
    handle: ({ context, request, claims }) => {
      if (claims === undefined) throw unauthorized();
      return jsonReply(200, {
        client_ip: request.clientIp,
        user_agent: request.headers['user-agent'] ?? null,
        account: context.account,
        username: claims.login,
        token_issued_at: toTimestamp(claims.issuedAt * 1000),
      });
    },
  },
];
