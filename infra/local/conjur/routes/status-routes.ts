import { jsonReply } from '../http/reply.ts';
import { unauthorized } from '../http/reply-error.ts';
import type { Route } from '../http/route.ts';
import { toTimestamp } from '../policy/load-policy.ts';

/** Who asks, and what this server is. */
export const statusRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/',
    handle: ({ request }) => {
      const about = { version: 'local', release: 'development and test server' };
      if (request.headers.accept?.includes('json')) return jsonReply(200, about);
      const body =
        '<!DOCTYPE html><title>Local Conjur</title><p>Your local Conjur server is running. It is for development and tests.';
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
      const configured = rows.map((row) => String(row.resource_id).replace(/^.*?:webservice:conjur\//, ''));
      const installed = ['authn', 'authn-cert', 'authn-iam', 'authn-jwt'];
      return jsonReply(200, {
        installed,
        configured: ['authn', ...configured].sort(),
        enabled: ['authn', ...configured].sort(),
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
