import { textReply } from '../http/reply.ts';
import type { Route } from '../http/route.ts';

/** The public keys of a user, one a line, for anybody who asks. */
export const publicKeyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/public_keys/:account/:kind{(?:public_key|user)}/:identifier{.+}',
    handle: ({ context, params }) => {
      const prefix = `${params.account}:public_key:${params.kind}/${params.identifier}/`;
      const ids = context.database
        .all('SELECT resource_id FROM resources WHERE resource_id >= ? ORDER BY resource_id', prefix)
        .map((row) => String(row.resource_id))
        .filter((id) => id.startsWith(prefix));
      const keys = ids.flatMap((id) => context.secrets.read(id)?.toString().trim() ?? []);
      return textReply(200, `${keys.join('\n').trim()}\n`);
    },
  },
];
