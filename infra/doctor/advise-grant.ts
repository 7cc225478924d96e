/**
 * What to do where a privilege is missing: the policy statement that gives it.
 * @param resource as {@link toReference} writes it
 */
export function adviseGrant(login: string, privileges: string, resource: string): string {
  return `Have it granted, by a policy load into root: - !permit { role: ${toRoleReference(login)}, privileges: [ ${privileges} ], resource: ${resource} }`;
}

/** The role of a login, as a policy of root names it. */
export function toRoleReference(login: string): string {
  return login.startsWith('host/') ? toReference('host', login.slice('host/'.length)) : toReference('user', login);
}

/** A record of root, as a policy names it; quoted where YAML would read something else. */
export function toReference(kind: string, id: string): string {
  return `!${kind} ${/^[\w./@-]+$/.test(id) ? `/${id}` : JSON.stringify(`/${id}`)}`;
}
